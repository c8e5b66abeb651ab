/// How the page looks.
package enum PageStyle {
    /// The style sheet: light and dark, from narrow to wide screens.
    package static let sheet: HTML = """
        :root { --ground: #fbfaf8; --surface: #ffffff; --ink: #1c1b1a; --soft: #63605b; --line: #e4e1dc;
          --accent: #3557d6; --right: #1d7f4e; --wrong: #bd3226; --track: #ebe8e3; }
        @media (prefers-color-scheme: dark) { :root { --ground: #141416; --surface: #1d1e21; --ink: #eceae6;
          --soft: #a3a09a; --line: #33353a; --accent: #8aa4ff; --right: #5bcb92; --wrong: #ff8377; --track: #303237; } }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; }
        body { margin: 0; background: var(--ground); color: var(--ink);
          font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
        header, main, footer { max-width: 1120px; margin: 0 auto; padding: 0 24px; }
        header { padding-top: 56px; }
        .eyebrow { margin: 0; color: var(--accent); font: 600 14px/1.4 ui-monospace, "DejaVu Sans Mono", monospace; }
        h1 { margin: 4px 0 12px; font-size: clamp(28px, 5vw, 44px); line-height: 1.12; letter-spacing: -0.02em;
          text-wrap: balance; }
        .lead { max-width: 62ch; margin: 0; color: var(--soft); font-size: 18px; }
        section { margin-top: 56px; }
        section > p { max-width: 68ch; margin: 0 0 20px; color: var(--soft); }
        h2 { margin: 0 0 6px; font-size: 24px; line-height: 1.25; letter-spacing: -0.01em; }
        h3 { margin: 28px 0 12px; font-size: 17px; line-height: 1.35; }
        .option + .note, .note + .option { margin-top: 4px; }
        h4 { margin: 0 0 6px; font-size: 15px; line-height: 1.3; }
        .note { margin: 0; color: var(--soft); font-size: 13.5px; }
        .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
          white-space: nowrap; }
        img { display: block; width: 72px; height: 72px; border-radius: 8px; box-shadow: 0 0 0 1px var(--line); }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(230px, 1fr)); gap: 16px; }
        .tile, .card, .query, .chart { background: var(--surface); border: 1px solid var(--line); border-radius: 14px; }
        .tile { padding: 18px 20px; }
        .tile h3 { margin: 0; color: var(--soft); font-size: 14px; font-weight: 600; }
        .tile p { margin: 0; }
        .tile .meter { margin: 12px 0 8px; }
        .big { font-size: 38px; font-weight: 700; line-height: 1.3; letter-spacing: -0.02em;
          font-variant-numeric: tabular-nums; }
        .bars rect { fill: var(--accent); }
        .chart .note { margin: 4px 0 8px; }
        .sheet { display: grid; grid-template-columns: repeat(auto-fill, minmax(118px, 1fr)); gap: 14px 12px; }
        .sheet figure { margin: 0; }
        .sheet img { width: auto; height: auto; max-width: 100%; max-height: 112px; border-radius: 6px; }
        .sheet figcaption { margin-top: 5px; color: var(--soft); font-size: 12px; font-weight: 400; line-height: 1.35;
          overflow-wrap: anywhere; }
        .meter { position: relative; height: 6px; border-radius: 3px; background: var(--track); }
        .meter b { display: block; height: 100%; max-width: 100%; border-radius: 3px; background: var(--accent); }
        .meter i { position: absolute; top: -3px; width: 2px; height: 12px; background: var(--ink); }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(420px, 100%), 1fr)); gap: 16px; }
        .chart { margin: 0; padding: 14px 16px 8px; }
        .charts > .chart:only-child { max-width: 600px; }
        figcaption { font-size: 14px; font-weight: 600; }
        svg { display: block; width: 100%; height: auto; }
        .grid { stroke: var(--line); stroke-width: 1; }
        .axis { fill: var(--soft); font-size: 13px; }
        .line, .raw { fill: none; stroke: var(--c); stroke-linejoin: round; }
        .line { stroke-width: 2.5; }
        .raw { stroke-width: 1; opacity: 0.35; }
        .level { stroke-width: 1.5; stroke-dasharray: 5 4; }
        .dot { fill: var(--c); }
        .k0 { --c: var(--accent); } .k1 { --c: #c8741a; } .k2 { --c: #1f8a70; }
        .k3 { --c: #b03a7c; } .k4 { --c: #7d6bd0; } .k5 { --c: #7a8a1e; }
        .keys { display: flex; flex-wrap: wrap; gap: 2px 14px; margin-top: 2px; color: var(--soft); font-size: 12.5px;
          font-weight: 400; }
        .key { display: inline-flex; align-items: center; gap: 6px; }
        .key i { width: 16px; border-top: 2.5px solid var(--c); }
        .key i.dashed { border-top-style: dashed; border-top-width: 2px; }
        .queries { display: grid; gap: 16px; grid-template-columns: repeat(auto-fit, minmax(min(500px, 100%), 1fr)); }
        .query { padding: 16px 20px; }
        .query h3 { margin: 0; }
        .row { display: grid; grid-template-columns: repeat(5, minmax(0, 1fr)); gap: 10px; margin: 12px 0 0; padding: 0;
          list-style: none; max-width: 460px; font-size: 13px; font-variant-numeric: tabular-nums; }
        .row img { width: 100%; height: auto; aspect-ratio: 1; }
        .row img { object-fit: contain; background: var(--track); }
        .query { position: relative; }
        .query .own { position: absolute; top: 14px; right: 18px; }
        .query .own img { width: 44px; height: 44px; object-fit: contain; outline: 2px dashed var(--right); outline-offset: 2px; }
        .query h3 { padding-right: 64px; overflow-wrap: anywhere; }
        .row .right img { outline: 3px solid var(--right); outline-offset: 2px; }
        .row span { white-space: nowrap; }
        .row li > span { display: block; margin-top: 6px; }
        .verdict { font-weight: 700; }
        .verdict.right { color: var(--right); }
        .verdict.wrong { color: var(--wrong); }
        .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(340px, 100%), 1fr)); gap: 16px; }
        .cards.small { grid-template-columns: repeat(auto-fill, minmax(min(280px, 100%), 1fr)); }
        .card { display: flex; gap: 16px; align-items: flex-start; padding: 16px; }
        .card > img { flex: none; width: 84px; height: 84px; }
        .card > div { flex: 1; min-width: 0; }
        .plain { margin: 6px 0 0; padding: 0; list-style: none; }
        .plain li { margin: 0 0 6px; font-size: 14.5px; line-height: 1.4; }
        .plain .wrong { color: var(--soft); }
        .score { color: var(--soft); font-size: 13px; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .option { display: flex; gap: 4px 8px; flex-wrap: wrap; align-items: baseline; margin: 0 0 4px; font-size: 14.5px;
          line-height: 1.4; }
        .small > .card > img { width: 64px; height: 64px; }
        .choice { margin: 0 0 8px; font-size: 14.5px; line-height: 1.4; }
        .small .option { flex-wrap: nowrap; justify-content: space-between; }
        .card .meter { margin-bottom: 10px; height: 4px; }
        .tag { padding: 0 7px; border-radius: 9px; background: var(--track); color: var(--soft); font-size: 12px;
          line-height: 1.6; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; }
        .matrix { font-size: 11px; font-variant-numeric: tabular-nums; }
        .matrix th[scope="row"] { position: sticky; left: 0; max-width: 300px; padding: 0 10px 0 0; overflow: hidden;
          background: var(--ground); font-weight: 400; text-align: right; text-overflow: ellipsis; white-space: nowrap;
          font-size: 12px; }
        .matrix thead th { padding: 0 1px 4px; }
        .matrix img { width: 28px; height: 28px; border-radius: 4px; }
        .matrix td { min-width: 30px; height: 26px; padding: 0; border: 1px solid var(--ground); text-align: center;
          color: var(--ink); }
        .matrix tbody td { background: color-mix(in srgb, var(--accent) var(--v), var(--track)); }
        .matrix .strong { color: var(--surface); }
        .matrix .own { font-weight: 700; outline: 2px solid var(--ink); outline-offset: -3px; border-radius: 4px; }
        .legend { display: flex; gap: 8px; align-items: center; font-size: 13px; font-variant-numeric: tabular-nums; }
        .legend i { width: 160px; height: 10px; border-radius: 5px;
          background: linear-gradient(to right, var(--track), var(--accent)); }
        .warning { margin: 0 0 12px; padding: 14px 18px; background: var(--surface); border: 1px solid var(--line);
          border-left: 4px solid var(--wrong); border-radius: 10px; }
        .warning h3 { margin: 0 0 2px; font-size: 15.5px; }
        .warning p { margin: 0; font-size: 14.5px; }
        .figures { width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
        .figures th, .figures td { padding: 7px 12px; border-top: 1px solid var(--line); text-align: right;
          white-space: nowrap; }
        .figures thead th { border-top: 0; color: var(--soft); font-weight: 600; vertical-align: bottom;
          white-space: normal; line-height: 1.3; }
        .figures th:first-child { padding-left: 0; text-align: left; }
        .figures .best { font-weight: 700; color: var(--accent); }
        .figures .up { color: var(--right); }
        .figures .down { color: var(--wrong); }
        details { margin-top: 20px; }
        summary { cursor: pointer; font-weight: 600; }
        .columns { columns: 260px; margin: 12px 0 0; padding-left: 20px; font-size: 14.5px; }
        .settings th, .settings td { padding: 8px 0; border-top: 1px solid var(--line); text-align: left;
          vertical-align: top; }
        .settings th { padding-right: 32px; color: var(--soft); font-weight: 500; white-space: nowrap; }
        .settings td { font-variant-numeric: tabular-nums; }
        pre { margin: 0 0 18px; padding: 12px 16px; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--surface);
          border: 1px solid var(--line); border-radius: 10px; font-size: 14px; line-height: 1.5; }
        #next ~ p { margin-bottom: 6px; }
        code { font-family: ui-monospace, "SF Mono", "DejaVu Sans Mono", Menlo, monospace; }
        footer { margin-top: 64px; padding-bottom: 48px; color: var(--soft); font-size: 13.5px; }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
        @media (max-width: 560px) { header, main, footer { padding-left: 16px; padding-right: 16px; }
          header { padding-top: 32px; } section { margin-top: 44px; } .row { gap: 8px; }
          .matrix th[scope="row"] { max-width: 130px; } .settings th { white-space: normal; padding-right: 16px; } }
        """
}
