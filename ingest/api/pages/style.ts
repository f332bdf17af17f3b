/** The style of all these pages; its hash is in their policy, so it is the same to the letter everywhere. No word that a telephone of 2018 does not know. */
export const STYLE = `
:root{color-scheme:light dark;--paper:#f3f6f7;--surface:#fff;--ink:#12212a;--soft:#4b5b66;--line:#d5dee2;--accent:#0a6275;--on:#fff;--awas:#b0301a;--siaga:#8a4f00}
@media screen and (prefers-color-scheme:dark){:root{--paper:#0c1418;--surface:#131e24;--ink:#e7eff2;--soft:#9db0ba;--line:#263741;--accent:#62c6d8;--on:#06222a;--awas:#ff9377;--siaga:#f0b458}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:560px;padding:0 16px 48px;background:var(--paper);color:var(--ink);font:17px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:break-word}
header{display:flex;justify-content:space-between;align-items:center;min-height:56px;color:var(--soft);font-size:15px}
a{color:var(--accent)}
header a{padding:12px 0}
h1{font-size:26px;line-height:1.2;margin:8px 0 4px}
h2{font-size:17px;margin:24px 0 4px}
p{margin:4px 0 8px}
.card{background:var(--surface);border:1px solid var(--line);border-radius:8px;padding:16px;margin:16px 0}
.card>:first-child{margin-top:0}
.card>:last-child{margin-bottom:0}
.card h2{margin-top:12px}
.after{margin-top:16px}
.tier{display:inline-block;font-weight:700;border:2px solid currentColor;border-radius:6px;padding:2px 10px;margin:0}
.awas{color:var(--awas)}
.siaga,.waspada{color:var(--siaga)}
.value{font-size:34px;font-weight:700;line-height:1.2;margin:0;font-variant-numeric:tabular-nums}
.soft{color:var(--soft);font-size:15px}
.sim{background:var(--siaga);color:var(--paper);font-weight:700;padding:8px 12px;border-radius:6px}
dl{margin:0}
dt{color:var(--soft);font-size:15px}
dd{margin:0 0 8px}
label{display:block;font-weight:600;margin:16px 0 4px}
input,select,textarea{width:100%;font:inherit;color:inherit;background:var(--surface);border:1px solid var(--soft);border-radius:8px;padding:10px 12px;min-height:48px}
fieldset{border:0;padding:0;margin:0}
legend{font-weight:600;padding:0}
.choice{display:flex;align-items:center;gap:12px;min-height:48px;margin:0;font-weight:400}
.choice input{width:22px;min-height:22px;height:22px;margin:0;flex:none;accent-color:var(--accent)}
button{width:100%;min-height:52px;margin-top:16px;border:0;border-radius:8px;background:var(--accent);color:var(--on);font:inherit;font-weight:700}
button.quiet{background:none;color:var(--accent);border:1px solid var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.poster{text-align:center}
.poster svg{width:min(100%,360px);height:auto;background:#fff;border-radius:8px}
@media print{header,.screen{display:none}body{max-width:none;background:#fff}.poster h1{font-size:44px}.poster p{font-size:22px}.poster svg{width:130mm}}
`
