/** Of the report; colours are the meaning's second sign, shapes the first. */
export const STYLE = `
:root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--text:#17212b;--dim:#5d6b79;--line:#dde3e9;
--truth:#1d9a8a;--good:#1f4e8c;--suspect:#b86e00;--fail:#c4242f;--missing:#a026a0;--event:#2f7fd61f;--fault:#d98c1f24;--network:#8883}
@media(prefers-color-scheme:dark){:root{--page:#10161c;--card:#19222b;--text:#e5ebf1;--dim:#93a2b1;--line:#2c3843;
--truth:#2fb8a5;--good:#8ab8f5;--suspect:#f0a43a;--fail:#ff6b70;--missing:#e07be0;--event:#58a6ff26;--fault:#f0a43a26;--network:#aaa3}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,sans-serif;padding:20px 16px 48px}
main{max-width:1240px;margin:auto}
h1{font-size:26px;line-height:1.2;margin:0 0 4px}
h2{font-size:18px;margin:28px 0 10px}
h3{font-size:14px;margin:0;font-weight:600}
p{margin:6px 0}
a{color:var(--good)}
.dim,.facts{color:var(--dim)}
code{font:13px ui-monospace,monospace;background:var(--card);border:1px solid var(--line);border-radius:4px;padding:1px 5px;overflow-wrap:anywhere}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(130px,1fr));gap:10px;margin:18px 0}
.tile{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:10px 14px}
.tile b{display:block;font-size:22px;line-height:1.25;font-variant-numeric:tabular-nums}
.tile span{color:var(--dim);font-size:13px}
.tile.bad b{color:var(--fail)}
.wide{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:10px}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:14px}
th,td{padding:6px 12px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th{color:var(--dim);font-weight:500}
tr:last-child td{border-bottom:0}
tr.total td{font-weight:600}
th.text,td.text{text-align:left}
td.text{white-space:normal}
td.long{min-width:16em}
details .wide{border:0;border-radius:0}
td.bad{color:var(--fail);font-weight:600}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:13px;color:var(--dim);margin:10px 0}
.legend svg{vertical-align:-3px;margin-right:5px}
details{background:var(--card);border:1px solid var(--line);border-radius:10px;margin:10px 0}
summary{padding:10px 14px;cursor:pointer;font-weight:600}
summary span{font-weight:400;color:var(--dim);font-size:13px;margin-left:8px}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,520px),1fr));gap:4px 28px;padding:2px 14px 12px}
figure{margin:8px 0;min-width:0}
figcaption{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 12px}
.facts{font-size:12.5px}
svg.chart{width:100%;display:block;overflow:visible}
svg text{font:11px system-ui,sans-serif;fill:var(--dim)}
svg text.range{font-variant-numeric:tabular-nums}
.grid{stroke:var(--line)}
path.truth,path.good{fill:none;vector-effect:non-scaling-stroke;stroke-linejoin:round;stroke-linecap:round}
path.truth{stroke:var(--truth);stroke-width:2}
path.good{stroke:var(--good);stroke-width:3.6}
.suspect{fill:var(--card);stroke:var(--suspect);stroke-width:1.7}
.fail{fill:none;stroke:var(--fail);stroke-width:2}
.missing{fill:none;stroke:var(--missing);stroke-width:1.7}
rect.event{fill:var(--event)}
rect.fault{fill:var(--fault)}
rect.network{fill:var(--network)}
@media(max-width:520px){.between{display:none}body{padding:16px 10px 40px}th,td{padding:6px 9px}}
@media print{details{break-inside:avoid}}
`
