/** uPlot stands in front of the page's own scripts. */
declare const uPlot: typeof import('uplot');
