#!/usr/bin/env node
'use strict';
require('torchts/cli/vocdet');
