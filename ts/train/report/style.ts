const light = `  --page: #ffffff; --ink: #1b1f24; --soft: #5d6673; --line: #dde1e6; --band: #f4f6f8; --bar: #d5e4f7;
  --right: #1a7f4b; --wrong: #c0392b; --grid: #e6e9ed; --hot: #e0873c; --cold: #5b94d6;
  --curve-0: #2468b8; --curve-1: #d1630a; --curve-2: #2b8a57; --curve-3: #8a4fb5; --curve-4: #b8356b; --curve-5: #5b6470;
`;

/** The look of the report, for light and dark screens and for paper. */
export const style = `
:root {
  color-scheme: light dark;
${light}}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171b; --ink: #e8eaed; --soft: #9aa4b0; --line: #2e343b; --band: #1c2126; --bar: #1f3a5c;
    --right: #58c38a; --wrong: #f0806f; --grid: #282e35; --hot: #a8571a; --cold: #2b64a6;
    --curve-0: #6aa8f0; --curve-1: #f29a4a; --curve-2: #5fc48f; --curve-3: #bd8be0; --curve-4: #ec7ba6; --curve-5: #a3adb8;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 72rem; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.6rem; margin: 0; }
h2 { font-size: 1.15rem; margin: 0 0 .4rem; }
header p, section > p { color: var(--soft); margin: .2rem 0 1rem; max-width: 46rem; }
section { margin-top: 2.5rem; }
.figures { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.25rem 0 0; }
.figures div { flex: 1 1 9rem; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: 8px; background: var(--band); }
.figures dt { color: var(--soft); font-size: .85rem; }
.figures dd { margin: 0; font-size: 1.5rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.figures small { display: block; color: var(--soft); font-size: .8rem; font-weight: 400; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.25rem; margin: 0; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 1.5rem; }
.charts.small { grid-template-columns: repeat(auto-fit, minmax(min(15rem, 100%), 1fr)); }
.charts.small .u-legend { display: none; }
.chart { margin: 0; min-width: 0; }
.chart figcaption { font-weight: 600; margin-bottom: .25rem; }
.u-legend { color: var(--ink); font-size: .85rem; text-align: left; }
.u-legend .u-marker { border-radius: 2px; }
.scroll { overflow-x: auto; }
.scroll table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
.scroll th, .scroll td { padding: .3rem .6rem; text-align: left; border-bottom: 1px solid var(--line); white-space: nowrap; }
.scroll th { padding: 0; }
.scroll th button { all: unset; box-sizing: border-box; width: 100%; cursor: pointer; padding: .4rem .6rem; font-weight: 600; color: var(--soft); white-space: normal; }
.scroll th button:hover, .scroll th button:focus-visible { color: var(--ink); text-decoration: underline; }
.scroll th[aria-sort=ascending] button::before { content: "↑ "; }
.scroll th[aria-sort=descending] button::before { content: "↓ "; }
.scroll .number, .scroll .number button { text-align: right; }
.scroll .share { background: linear-gradient(90deg, var(--bar) calc(100% * var(--share)), transparent 0) 0 50% / 100% 70% no-repeat; }
.scroll tfoot td, .scroll tfoot th { font-weight: 600; border-top: 2px solid var(--soft); border-bottom: 0; }
.images { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(10.5rem, 100%), 1fr)); gap: 1rem; }
.images figure { margin: 0; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; background: var(--band); }
.images img { display: block; width: 100%; height: auto; background: var(--line); }
.images figcaption { padding: .5rem .7rem .7rem; font-size: .85rem; overflow-wrap: anywhere; }
.images ul { list-style: none; margin: .3rem 0 0; padding: 0; }
pre { overflow-x: auto; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: 8px; background: var(--band); font-size: .85rem; }
summary { cursor: pointer; margin-top: .75rem; color: var(--soft); }
.right { color: var(--right); }
.wrong { color: var(--wrong); font-weight: 600; }
.scroll tbody th, .scroll tfoot th { padding: .3rem .6rem; font-weight: inherit; }
.scroll:focus-visible, nav a:focus-visible { outline: 2px solid var(--curve-0); outline-offset: 2px; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; margin: 1.25rem 0 0; font-size: .9rem; }
nav a { color: var(--soft); text-decoration: none; }
nav a:hover { color: var(--ink); text-decoration: underline; }
section { scroll-margin-top: 1rem; }
h3 { font-size: .95rem; margin: 1.5rem 0 .4rem; overflow-wrap: anywhere; }
details > :nth-child(2) { margin-top: .75rem; }
.diagrams { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr)); gap: 1.5rem; }
.diagram { margin: 0; }
.diagram figcaption { font-weight: 600; margin-bottom: .25rem; }
.diagram svg { display: block; width: 100%; max-width: 22rem; height: auto; }
.diagram text { fill: var(--soft); font-size: 11px; }
.diagram .grid { stroke: var(--grid); }
.diagram .ideal { stroke: var(--soft); stroke-dasharray: 4 3; }
.diagram .common { fill: var(--curve-0); fill-opacity: .45; }
.diagram .distance { fill: var(--wrong); fill-opacity: .45; }
.diagram .observed { stroke: var(--ink); stroke-width: 2; }
.diagram .count { fill: var(--soft); fill-opacity: .6; }
.bars { margin: 0; display: grid; gap: .6rem; }
.bars > div { display: grid; grid-template-columns: minmax(8rem, 22rem) 1fr; gap: .25rem 1.5rem; align-items: center; }
.bars dt { line-height: 1.3; }
.bars small { display: block; color: var(--soft); }
.bars dd { margin: 0; display: flex; align-items: center; gap: .5rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
.bars .bar { flex: none; width: calc((100% - 8.5rem) * var(--share)); height: 1rem; border-radius: 3px; background: var(--curve-0); min-width: 2px; }
.matrix caption { text-align: left; color: var(--soft); font-size: .85rem; padding-bottom: .4rem; }
.scroll table.matrix { width: auto; font-size: .72rem; }
.scroll .matrix td, .scroll .matrix tbody th { padding: .1rem .25rem; border: 1px solid var(--page); text-align: right; }
.scroll .matrix td { min-width: 1.7rem; }
.scroll .matrix thead th { height: 8rem; vertical-align: bottom; padding: .2rem .1rem; font-weight: 400; border: 0; }
.scroll .matrix thead span { writing-mode: vertical-rl; transform: rotate(180deg); }
.matrix .hot { background: color-mix(in srgb, var(--hot) calc(100% * var(--share)), var(--band)); }
.matrix .cold { background: color-mix(in srgb, var(--cold) calc(100% * var(--share)), var(--band)); }
.strips { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(30rem, 100%), 1fr)); gap: 1rem; }
.strip h3 { margin-top: 0; }
.strip { border: 1px solid var(--line); border-radius: 8px; padding: .7rem; background: var(--band); min-width: 0; font-size: .85rem; }
.strip ul { list-style: none; margin: .4rem 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: 0 1rem; }
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(6.5rem, 1fr)); gap: .5rem; }
.panels figure { margin: 0; min-width: 0; max-width: 20rem; }
.panels img { display: block; width: 100%; height: auto; border-radius: 4px; }
.panels figcaption { color: var(--soft); font-size: .8rem; padding-top: .15rem; }
@media (max-width: 34rem) {
  body { padding: 1.25rem .9rem 3rem; }
  .bars > div { grid-template-columns: 1fr; }
  .diagrams, .charts.small { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 1rem .75rem; }
  .diagram figcaption { font-size: .85rem; }
  .diagram text { font-size: 14px; }
  .scroll { font-size: .85rem; }
  .scroll th button, .scroll td, .scroll tbody th, .scroll tfoot th { padding-inline: .4rem; }
  .scroll th:first-child { position: sticky; left: 0; background: var(--page); }
  .images { gap: .6rem; }
}
@media print {
  :root {
${light}  }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { max-width: none; padding: 0; font-size: 11px; }
  nav { display: none; }
  h2, h3, summary { break-after: avoid; }
  section > p { break-after: avoid; max-width: none; }
  section { margin-top: 1.5rem; }
  figure, tr, .strip, .bars, .figures div, .matrix { break-inside: avoid; }
  tfoot { display: table-row-group; }
  .charts { grid-template-columns: 1fr 1fr; gap: .75rem 1rem; }
  .charts.small, .diagrams { grid-template-columns: 1fr 1fr 1fr; gap: .75rem 1rem; }
  .panels { grid-template-columns: repeat(auto-fit, minmax(4rem, 1fr)); }
  .images { grid-template-columns: repeat(5, 1fr); gap: .5rem; }
  .images figcaption { padding: .3rem .4rem .4rem; font-size: 9px; }
  .strips { display: block; }
  .strip { display: inline-block; width: 49%; margin: 0 .3rem .3rem 0; vertical-align: top; }
  .scroll { overflow: visible; }
  .scroll table { font-size: 9px; }
  .scroll th, .scroll td { white-space: normal; padding: .15rem .3rem; }
  pre { white-space: pre-wrap; }
}
`;
