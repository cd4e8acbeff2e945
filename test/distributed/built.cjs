'use strict';
// Takes the built file for each source of ts/, so that a program of the tests starts sooner.
const Module = require('node:module');
const { join, sep } = require('node:path');

const [sources, built] = ['ts', 'dist'].map((folder) => join(__dirname, '../..', folder) + sep);
const resolve = Module._resolveFilename;

Module._resolveFilename = (...args) => {
  const file = resolve.apply(Module, args);
  return file.startsWith(sources) ? built + file.slice(sources.length).replace(/\.ts$/, '.js') : file;
};
