/** The look of the report, for light and dark screens and for paper. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --ink: #1b1f24; --soft: #5d6673; --line: #dde1e6; --band: #f4f6f8; --bar: #d5e4f7;
  --right: #1a7f4b; --wrong: #c0392b; --grid: #e6e9ed;
  --curve-0: #2468b8; --curve-1: #d1630a; --curve-2: #2b8a57; --curve-3: #8a4fb5; --curve-4: #b8356b; --curve-5: #5b6470;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171b; --ink: #e8eaed; --soft: #9aa4b0; --line: #2e343b; --band: #1c2126; --bar: #1f3a5c;
    --right: #58c38a; --wrong: #f0806f; --grid: #282e35;
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
.figures small { color: var(--soft); }
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
.scroll th button { all: unset; box-sizing: border-box; width: 100%; cursor: pointer; padding: .4rem .6rem; font-weight: 600; color: var(--soft); }
.scroll th button:hover, .scroll th button:focus-visible { color: var(--ink); text-decoration: underline; }
.scroll th[aria-sort=ascending] button::before { content: "↑ "; }
.scroll th[aria-sort=descending] button::before { content: "↓ "; }
.scroll .number, .scroll .number button { text-align: right; }
.scroll .share { background: linear-gradient(90deg, var(--bar) calc(100% * var(--share)), transparent 0) 0 50% / 100% 70% no-repeat; }
.scroll tfoot td { font-weight: 600; border-top: 2px solid var(--soft); border-bottom: 0; }
.images { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: 1rem; }
.images figure { margin: 0; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; background: var(--band); }
.images img { display: block; width: 100%; height: auto; background: var(--line); }
.images figcaption { padding: .5rem .7rem .7rem; font-size: .85rem; overflow-wrap: anywhere; }
.images ul { list-style: none; margin: .3rem 0 0; padding: 0; }
pre { overflow-x: auto; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: 8px; background: var(--band); font-size: .85rem; }
summary { cursor: pointer; margin-top: .75rem; color: var(--soft); }
.right { color: var(--right); }
.wrong { color: var(--wrong); font-weight: 600; }
@media print { body { max-width: none; padding: 0; } section { break-inside: avoid; } }
`;
