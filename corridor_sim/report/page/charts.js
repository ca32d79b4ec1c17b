"use strict";
/* The charts, each redrawn from the data and what is selected. Colours are CSS variables, so that
   light, dark and print need no redrawing. */
(() => {
  const { data, state, watch, colour, dash, palette, shown, number, range, basis, options, key } = Report;
  const KINDS = ["haul", "work", "dwell", "wait"];
  const NAMES = { haul: "in motion", work: "work", dwell: "stay", wait: "wait" };
  const part = (id, what) => document.querySelector(`#${id} ${what}`);

  /* Replace a chart by a plot of its width, or by a sentence where there is nothing to draw. */
  function draw(id, caption, marks, settings) {
    const place = part(id, ".plot");
    part(id, "figcaption").textContent = caption;
    if (!marks.length) {
      place.textContent = "Nothing to show for this selection.";
      return;
    }
    const width = place.clientWidth || 720;
    const narrow = width < 560;
    const left = Math.min(settings.left ?? 48, Math.round(width * 0.42));
    place.replaceChildren(Plot.plot({
      width, marginLeft: left, marginRight: 24, marginBottom: 42, color: { type: "identity" },
      style: { background: "transparent", fontSize: narrow ? "11px" : "12px", "--plot-background": "var(--ground)" },
      ...settings, marks,
    }));
  }
  const longest = (names, each = 6.6) => 16 + each * Math.max(4, ...names.map((name) => name.length));
  const picked = () => data.scenarios.filter((name) => state.scenarios.has(name));
  const label = (place) => data.map.places[place]?.label ?? place;
  const short = (name) => (name.length > 26 ? `${name.slice(0, 25)}…` : name);

  function transit() {
    const lines = data.distributions.filter(shown).map((line) => {
      const [first, last] = line.days;
      return { ...line, days: line.share.map((_, i) => first + ((last - first) * i) / (line.share.length - 1)) };
    });
    const one = new Set(lines.map((line) => line.scenario)).size === 1;
    const marks = [];
    for (const line of lines) {
      const points = line.days.map((day, i) => ({
        day, share: line.share[i], low: line.low[i], high: line.high[i], line,
      }));
      const stroke = colour(line.route);
      if (one) {
        const known = points.filter((p) => p.low !== null && p.high !== null);
        marks.push(Plot.areaY(known, { x: "day", y1: "low", y2: "high", fill: stroke, fillOpacity: 0.15 }));
      }
      marks.push(Plot.lineY(points, {
        x: "day", y: "share", stroke, strokeWidth: 1.8, strokeDasharray: dash(line.scenario) || undefined,
      }));
    }
    const all = lines.flatMap((line) => line.days.map((day, i) => ({
      day, share: line.share[i], title: `${line.route}, ${line.scenario}\n${number(100 * line.share[i])} % within ` +
        `${number(day)} d\n(${line.low[i] === null ? "no interval" : `${range(100 * line.low[i], 100 * line.high[i])} %`})`,
    })));
    if (all.length) {
      marks.push(Plot.ruleY([0.5, 0.9], { stroke: "var(--faint)", strokeDasharray: "2 4" }));
      marks.push(Plot.tip(all, Plot.pointer({ x: "day", y: "share", title: "title" })));
    }
    draw("transit", `Cargo released in the measuring part, ${state.direction}; dotted lines: half and nine tenths. ` +
      `${one ? "Bands: pointwise intervals. " : "Line styles: scenarios. "}${basis()}`, marks, {
      height: 380, x: { label: "transit time, d", grid: false },
      y: { label: "share of cargo delivered", percent: true, domain: [0, 100], grid: true },
    });
  }

  function differences() {
    const own = data.differences.filter(shown);
    const select = part("differences", "select");
    options(select, [...new Set(data.differences.map((d) => d.measure))], (measure) => data.measures[measure]);
    const rows = own.filter((d) => d.measure === select.value).map((d) => ({
      ...d, of: [d.route === "all" ? "all routes" : d.route, ...(d.segment === "all" ? [] : [d.segment])].join(", "),
      title: `${d.scenario}, ${d.route} ${d.direction}\n${number(d.diff)} ${d.unit} (${range(d.low, d.high)})` +
        (d.mark ? `\n${d.mark}` : ""),
    }));
    const scenarios = data.scenarios.filter((name) => rows.some((d) => d.scenario === name));
    const groups = [...new Set(rows.map((d) => d.of))];
    const marks = rows.length ? [
      Plot.ruleX([0], { stroke: "var(--faint)" }),
      Plot.ruleY(rows.filter((d) => d.low !== null && d.high !== null), {
        y: "scenario", fy: "of", x1: "low", x2: "high", stroke: (d) => colour(d.route), strokeWidth: 2.5,
      }),
      Plot.dot(rows, {
        y: "scenario", fy: "of", x: "diff", r: 4.5, stroke: (d) => colour(d.route), strokeWidth: 2,
        fill: (d) => (d.mark ? "var(--ground)" : colour(d.route)),
      }),
      Plot.text(groups, { fy: (d) => d, text: (d) => d, frameAnchor: "top-left", dy: -12, fontWeight: 600, fill: "currentColor" }),
      Plot.tip(rows, Plot.pointerY({ y: "scenario", fy: "of", x: "diff", title: "title" })),
    ] : [];
    draw("differences", `${data.measures[select.value]}: scenario minus ${data.baseline ?? "baseline"} on the same luck, ${state.direction}. An interval ` +
      `that holds zero shows no difference. Hollow: thin or overloaded. ${basis()}`, marks, {
      left: longest(scenarios.map(short)), marginTop: 24,
      height: 66 + groups.length * (30 + 20 * scenarios.length), y: { domain: scenarios, label: null, tickFormat: short },
      fy: { domain: groups, axis: null, padding: 0.3 }, x: { label: `difference, ${rows[0]?.unit ?? ""}`, grid: true },
    });
  }

  function utilisation() {
    const measure = part("utilisation", "select").value;
    const own = data.utilisation.filter((d) => d.measure === measure && state.scenarios.has(d.scenario));
    const most = d3.rollups(own, (group) => d3.max(group, (d) => d.share), (d) => d.element)
      .sort((a, b) => b[1] - a[1]).slice(0, 18).map(([element]) => element);
    const rows = own.filter((d) => most.includes(d.element)).map((d) => ({
      ...d, title: `${d.element}\n${d.scenario}: ${number(100 * d.share)} %\n(${
        d.low === null ? "no interval" : `${range(100 * d.low, 100 * d.high)} %`})`,
    }));
    const scenarios = picked();
    const step = (scenario) => 7 * (scenarios.indexOf(scenario) - (scenarios.length - 1) / 2);
    key(part("utilisation", ".key"), scenarios);
    const of = (scenario) => rows.filter((d) => d.scenario === scenario);
    const marks = rows.length ? [
      Plot.ruleX([100], { stroke: "var(--shut)" }),
      ...scenarios.flatMap((scenario) => [
        Plot.ruleY(of(scenario).filter((d) => d.low !== null), {
          y: "element", x1: (d) => 100 * d.low, x2: (d) => 100 * d.high, stroke: palette(scenario), strokeWidth: 1.8,
          dy: step(scenario),
        }),
        Plot.dot(of(scenario), {
          y: "element", x: (d) => 100 * d.share, r: 3.2, fill: palette(scenario), dy: step(scenario),
        }),
      ]),
      Plot.tip(rows, Plot.pointer({ y: "element", x: (d) => 100 * d.share, title: "title" })),
    ] : [];
    draw("utilisation", `The ${most.length} that are used most. ${basis()}`, marks, {
      left: longest(most.map(short)), height: 60 + most.length * (15 + 7 * scenarios.length),
      y: { domain: most, label: null, tickFormat: short, grid: true }, x: { label: "share used, %", grid: true, zero: true },
    });
  }

  function waterfall() {
    const own = data.waterfalls.filter((w) => state.routes.has(w.route) && w.direction === state.direction);
    const name = (w) => `${w.route}: ${w.pair}`;
    options(part("waterfall", ".way"), [...new Set(own.map(name))]);
    options(part("waterfall", ".of"), picked());
    const scenario = part("waterfall", ".of").value;
    const way = own.find((w) => name(w) === part("waterfall", ".way").value && w.hours[scenario]);
    let end = 0;
    const pieces = (way?.parts ?? []).map((piece, i) => [...piece, way.hours[scenario][i]]).filter((piece) => piece[4] > 0);
    const bars = pieces.map(([place, to, what, element, hours]) => {
      const stop = place === to ? label(place) : `${label(place)} – ${label(to)}`;
      const begin = end;
      end += hours / 24;
      return { stop, what, begin, end, title: `${stop}\n${NAMES[what]} at ${element}\n${number(hours / 24)} d` };
    });
    const stops = [...new Set(bars.map((bar) => bar.stop))];
    const sums = d3.rollups(bars, (group) => ({ end: group.at(-1).end, days: d3.sum(group, (b) => b.end - b.begin) }), (b) => b.stop);
    const marks = bars.length ? [
      Plot.barX(bars, { y: "stop", x1: "begin", x2: "end", fill: (b) => `var(--${b.what})`, insetTop: 2, insetBottom: 2 }),
      Plot.text(sums, {
        y: (d) => d[0], x: (d) => d[1].end, text: (d) => (d[1].days < 0.05 ? "< 0.1" : d[1].days.toFixed(1)),
        textAnchor: "start", dx: 4, fill: "currentColor",
      }),
      Plot.tip(bars, Plot.pointerY({ y: "stop", x: (b) => (b.begin + b.end) / 2, title: "title" })),
    ] : [];
    draw("waterfall", `${way ? `${name(way)}, ${scenario}. ` : ""}Means of finished cargo; they sum to ${number(end)} d. Blue: in motion; yellow: work; green: stay ` +
      `without a queue; orange: wait. n = ${data.n}.`, marks, {
      left: longest(stops.map(short)), height: 60 + 24 * stops.length, marginRight: 40,
      y: { domain: stops, label: null, tickFormat: short }, x: { label: "mean time since release, d", grid: true },
    });
  }

  /* How far the queues of scenarios lie apart at an element, in all; elements stand in that order. */
  function apart(queues) {
    return d3.sum(queues[0].waiting, (_, day) => {
      const waiting = queues.map((q) => q.waiting[day]);
      return Math.max(...waiting) - Math.min(...waiting);
    });
  }
  function queue() {
    const select = part("queue", "select");
    const own = data.queues.filter((q) => state.scenarios.has(q.scenario));
    const elements = d3.rollups(own, apart, (q) => q.element).sort((a, b) => b[1] - a[1]);
    options(select, elements.map(([element]) => element));
    const chosen = own.filter((q) => q.element === select.value);
    const start = new Date(`${data.queue_start}Z`);
    const points = chosen.flatMap((q) => q.waiting.map((waiting, day) => ({
      date: d3.utcDay.offset(start, day), waiting, scenario: q.scenario,
      title: `${q.scenario}, ${d3.utcFormat("%d %b %Y")(d3.utcDay.offset(start, day))}\n${number(waiting)} ${q.unit}`,
    })));
    key(part("queue", ".key"), picked());
    const [first, last] = data.measured.map((date) => new Date(`${date}Z`));
    const marks = points.length ? [
      Plot.rectX([0], { x1: first, x2: last, fill: "var(--soft)" }),
      ...chosen.map((q) => Plot.lineY(points.filter((p) => p.scenario === q.scenario), {
        x: "date", y: "waiting", stroke: palette(q.scenario), strokeWidth: 1.4,
        strokeDasharray: dash(q.scenario) || undefined, curve: "step-after",
      })),
      Plot.tip(points, Plot.pointer({ x: "date", y: "waiting", title: "title" })),
    ] : [];
    draw("queue", `${select.value}: what waits at 00:00 each day in replication ${data.replication}; shaded: the measuring part. ` +
      "Line styles: scenarios. n = 1 replication.", marks, {
      height: 300, x: { label: null, type: "utc" }, y: { label: `waiting, ${chosen[0]?.unit ?? ""}`, grid: true, zero: true },
    });
  }

  for (const [id, chart] of Object.entries({ transit, differences, utilisation, waterfall, queue })) {
    if (id === "differences" && !data.differences.length) {
      document.getElementById(id).hidden = true;
      continue;
    }
    watch(chart);
    for (const select of document.querySelectorAll(`#${id} select`)) select.addEventListener("change", chart);
  }
})();
