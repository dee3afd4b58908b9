/** The page's whole style. The pictures use its colours, so that they follow light and dark. */
export const STYLE = `:root{color-scheme:light dark;--page:#fff;--text:#1c1e21;--soft:#585e66;--card:#f3f4f6;--edge:#c9cdd3;--accent:#0b62c4;--tint:#e3effc;--good:#1b6e3c;--warn:#a52a1c;font:1rem/1.5 system-ui,sans-serif}
@media(prefers-color-scheme:dark){:root{--page:#17191c;--text:#e8eaed;--soft:#a9b0b8;--card:#23262a;--edge:#4a5057;--accent:#7db7ff;--tint:#17304d;--good:#6fd396;--warn:#ff9d8f}}
body{background:var(--page);color:var(--text);max-width:40rem;margin:0 auto;padding:1rem 1rem 4rem;overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0}
h2{font-size:1.15rem;line-height:1.3;margin:2rem 0 .5rem}
summary h3{display:inline;font-size:1.05rem}
p{margin:.5rem 0}
[hidden]{display:none!important}
a{color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.card{background:var(--card);border-radius:.75rem;padding:.25rem 1rem 1rem;margin:1.5rem 0}
.card h2{margin-top:.75rem}
.download{display:inline-block;background:var(--accent);color:var(--page);font:inherit;font-weight:600;text-decoration:none;border:0;border-radius:.5rem;padding:.65rem 1rem;margin:.5rem 0;cursor:pointer}
.plain{background:none;color:var(--accent);border:1px solid var(--accent)}
code,pre{font-family:ui-monospace,monospace;font-size:.9em}
pre{background:var(--card);border-radius:.5rem;padding:.6rem .75rem;margin:.5rem 0;white-space:pre-wrap}
.print{display:grid;grid-template-columns:repeat(auto-fill,minmax(8.2em,1fr));gap:.15rem .75rem;font-size:1.05rem;margin:.5rem 0}
.soft{color:var(--soft);font-size:.95rem}
.good{color:var(--good);font-weight:600}
.warn{color:var(--warn);font-weight:600}
details{border:1px solid var(--edge);border-radius:.75rem;margin:.75rem 0;padding:0 1rem}
summary{padding:.75rem 0;cursor:pointer}
.card details{border:0;padding:0;margin:.5rem 0}
.card summary{padding:.25rem 0}
details ol,details ul{padding-left:1.4rem}
li{margin:.75rem 0}
svg{display:block;max-width:100%;height:auto;margin:.75rem 0;font:15px system-ui,sans-serif}
svg .screen{fill:var(--page);stroke:var(--edge);stroke-width:2}
svg .row,svg .button{fill:var(--card)}
svg .target{fill:var(--tint);stroke:var(--accent);stroke-width:2}
svg text{fill:var(--text)}
svg .title,svg .name{font-weight:600}
svg .name{text-anchor:middle}
svg .note{fill:var(--soft)}
svg .warning{fill:var(--warn)}
svg .edge{fill:none;stroke:var(--soft);stroke-width:1.5}
svg .accent{fill:var(--accent)}
svg .knob{fill:var(--page)}`
