"""Template: the page in Typst.  It reads the sheet as data, so nothing in a title or a name is ever run."""

TEMPLATE = r"""
#let s = json(bytes(sys.inputs.sheet))
#let ink = rgb("#1b1f24")
#let grey = rgb("#57606a")
#set document(title: s.title, author: "Workings")
#set page(
  paper: "a4", flipped: s.flipped, margin: (x: 16mm, top: 14mm, bottom: 15mm),
  footer: context text(8pt, grey)[Workings #h(1fr) #s.title #if s.key [ · key] #h(1fr)
    #counter(page).display("1 / 1", both: true)],
)
#set text(font: "Libertinus Serif", size: 10pt, fill: ink)
#set par(leading: 0.55em, spacing: 0.8em)
#let mono(size, body) = text(font: "DejaVu Sans Mono", size: size, body)

#let stroke-of(c) = 0.7pt + c
#let fills(kind, c) = {
  let p = 3.2pt
  let l(a, b) = place(line(start: a, end: b, stroke: stroke-of(c)))
  if kind == "solid" { return c }
  if kind == "up" { return tiling(size: (p, p))[#l((0%, 100%), (100%, 0%))] }
  if kind == "down" { return tiling(size: (p, p))[#l((0%, 0%), (100%, 100%))] }
  if kind == "lines" { return tiling(size: (p, p))[#l((0%, 50%), (100%, 50%))] }
  if kind == "bars" { return tiling(size: (p / 2, p))[#l((50%, 0%), (50%, 100%))] }
  if kind == "grid" { return tiling(size: (p, p))[#l((0%, 50%), (100%, 50%)) #l((50%, 0%), (50%, 100%))] }
  if kind == "cross" { return tiling(size: (p, p))[#l((0%, 0%), (100%, 100%)) #l((0%, 100%), (100%, 0%))] }
  tiling(size: (p, p))[#place(center + horizon, circle(radius: 1.1pt, fill: c))]
}
#let looks = s.marks.map(m => (ink: rgb(m.ink), tint: rgb(m.tint), fill: fills(m.pattern, rgb(m.ink))))

#let crossed(body) = context {
  let m = measure(body)
  box(width: m.width, height: m.height, { body
    place(left + top, line(start: (-0.6mm, m.height + 0.4mm), end: (m.width + 0.6mm, -0.4mm), stroke: 0.7pt + ink)) })
}

#let frame = rect(width: 100% - 1pt, height: 100% - 1pt, stroke: 0.9pt + ink)
#let cell(c, w) = {
  let empty = c.blank and not s.key
  let tint = if c.row != none { looks.at(c.row).tint } else if c.column != none { looks.at(c.column).tint }
  let edge = if c.name == "" { (paint: grey, thickness: 0.4pt, dash: "dotted") } else { 0.5pt + ink }
  box(width: w, height: s.tall * 1mm, stroke: edge, fill: if empty { white } else { tint }, {
    if c.row != none { place(left + top, rect(width: 1.5mm, height: 100%, fill: looks.at(c.row).fill)) }
    if c.column != none { place(left + top, rect(width: 100%, height: 1.1mm, fill: looks.at(c.column).fill)) }
    if c.blank { place(left + top, dx: 0.5pt, dy: 0.5pt, frame) }
    let size = s.size * 1pt
    let weight = if c.blank { "bold" } else { "regular" }
    let shade = if c.name == "" { grey } else { ink }
    if not empty {
      place(center + horizon, dx: if c.row != none { 0.6mm } else { 0mm }, text(size, shade, weight: weight, {
        if c.struck != "" { crossed(text(0.85 * size, grey, c.struck.replace("-", "−"))); h(1.4mm) }
        if c.rounded { text(0.9 * size, "≈ ") }
        c.text.replace("-", "−")
      }))
    }
  })
}

#let matrix(b, w) = {
  let row(r) = for (j, c) in r.enumerate() {
    if b.right_of > 0 and j == b.right_of { h(0.5mm); box(width: 0.9pt, height: s.tall * 1mm, fill: ink); h(0.5mm) }
    cell(c, w)
  }
  let items = ()
  for (i, r) in b.cells.enumerate() {
    if b.below > 0 and i == b.below { items.push(box(width: r.len() * w, height: 1.3mm,
      align(horizon, rect(width: 100%, height: 0.9pt, fill: ink)))) }
    let side = if b.sides.len() > i { place(left, dx: -6.2mm, box(width: 5.5mm, height: s.tall * 1mm,
      align(right + horizon, text(8pt, grey, b.sides.at(i))))) }
    items.push({ side; row(r) })
  }
  if b.tops.len() > 0 { for head in b.tops { box(width: w, align(center, text(8pt, grey, head))) }; linebreak() }
  stack(..items)
}

#let block-of(b) = {
  box(height: 4.4mm, width: 100%, align(left + horizon, box(width: b.head * 1mm, {
    text(9.5pt, weight: "bold", b.title)
    if b.step != none { h(1mm); box(baseline: 15%, circle(radius: 1.45mm, stroke: 0.5pt + ink, inset: 0pt,
      align(center + horizon, text(6.5pt, str(b.step))))) }
  })))
  v(-0.75em)
  matrix(b, b.cell * 1mm)
}

#grid(columns: (1fr, auto), align: (left + bottom, right + bottom),
  text(16pt, weight: "bold", s.title),
  if s.key { box(stroke: 1pt, inset: (x: 8pt, y: 4pt), text(weight: "bold")[Key]) }
  else if s.asked {
    let asked(what, wide) = text(9pt, grey)[#what #box(width: wide, line(length: 100%, stroke: 0.5pt))]
    if s.owner == "" { asked("Name", 36mm); h(3mm) }
    asked("Date", 20mm); v(1.2mm) })
#v(-0.15em) #line(length: 100%, stroke: 0.6pt) #v(-0.2em)
#s.lead
#v(0.2em)

#let heading-of(t) = block(above: 1.1em, below: 0.6em, text(11pt, weight: "bold", t))
#let drawing = block(breakable: false, above: 1.2em, {
  text(11pt, weight: "bold")[The same as nodes and links]
  v(-0.3em)
  image(bytes(s.picture), format: "svg", width: s.picture_wide * 1mm)
  text(8pt, grey, s.picture_told)
})
#let tasks = block(breakable: s.key, {
  heading-of("Steps")
  columns(if s.two { 2 } else { 1 }, gutter: 6mm, for step in s.steps {
    block(below: 0.7em, breakable: true, {
      grid(columns: (6mm, 1fr), text(weight: "bold", str(step.number) + "."),
        { text(weight: "bold", step.title + ": "); step.what.replace(" -", " −") })
      for l in step.lines {
        block(above: 0.42em, below: 0.42em, inset: (left: 6mm), par(hanging-indent: 6mm, mono(6.6pt, l)))
      }
    })
  })
})
#let declared = block(breakable: false, above: 1em, text(8pt, grey, {
  text(weight: "bold")[Conventions. ]; s.conventions.join("; "); "." }))

#if s.aside != "" { place(right, box(width: s.aside_wide * 1mm, align(left, {
  if s.aside == "drawing" { drawing } else { tasks; declared }
}))) }

#for band in s.bands {
  let small = band.formulas.map(f => text(s.told_size * 1pt, grey, f))
  block(breakable: false, above: 0.75em, below: 0.75em, if band.loose {
    par(leading: 3mm, band.order.map(o => band.slots.at(o)).map(b =>
      box(width: b.wide * 1mm, block-of(b))).join(h((s.gap + 1) * 1mm)))
    v(-0.3em); small.join(h(5mm))
  } else {
    let slots = s.slots.map(o => if o.name in band.slots { block-of(band.slots.at(o.name)) })
    grid(columns: (..s.slots.map(o => o.wide * 1mm), s.told * 1mm), column-gutter: s.gap * 1mm, ..slots,
      if s.beside { align(left + horizon, stack(spacing: 3.5pt, ..small)) })
    if not s.beside and small.len() > 0 { v(-0.5em); small.join(h(5mm)) }
  })
}

#if s.picture != "" and s.aside != "drawing" { drawing }
#if s.steps.len() > 0 and s.aside != "steps" { tasks }
#let listed(title, lines) = if lines.len() > 0 {
  block(breakable: false, { heading-of(title)
    for l in lines { block(above: 0.45em, below: 0.45em, text(9pt, l)) } })
}
#if s.key { listed("Parameters", s.counts) }
#listed("Notes", s.notes)
#if s.aside != "steps" { declared }
#if s.room { v(3mm); text(9pt, grey)[Room for your working]; v(-1.5mm); block(width: 100%, height: 1fr, fill: tiling(
  size: (5mm, 5mm), { place(line(end: (5mm, 0mm), stroke: 0.3pt + rgb("#c4cad1"))); place(line(end: (0mm, 5mm),
  stroke: 0.3pt + rgb("#c4cad1"))) }), stroke: 0.3pt + rgb("#c4cad1")) }
"""
