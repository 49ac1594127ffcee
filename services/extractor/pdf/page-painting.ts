import { OPS } from "unpdf/pdfjs";
import {
  type Clip,
  entryChange,
  type FontMetrics,
  type GraphicsState,
  initialState,
  stateChange,
} from "./graphics-state.ts";
import {
  type Colour,
  isEvenOdd,
  isFill,
  isGlyph,
  isMask,
  isNumbers,
  isStroke,
  matrixOf,
  numberOf,
} from "./operator-arguments.ts";
import {
  IDENTITY,
  type Matrix,
  multiplied,
  PaintedShape,
  placed,
  type Region,
  rectangle,
  scaleOf,
  stroked,
} from "./painted-shape.ts";

/**
 * What pdf.js would paint for a page, without painting it: where each character and each area lands, in which colour and in
 * which order. Distances in points (1/72 inch), from the top left corner of what a viewer shows.
 *
 * Pictures are not among it (see `maxImageSize` in `read-document.ts`), and a character is what its font says it means,
 * whatever its outline looks like.
 */
export interface PagePainting {
  readonly glyphs: readonly PaintedGlyph[];
  readonly areas: readonly PaintedArea[];
}

interface Painted {
  /** Undefined where it is not one plain colour. */
  readonly colour: Colour | undefined;
  readonly opacity: number;
  readonly clip: Clip | undefined;
  /** What is painted later covers what was painted earlier. */
  readonly order: number;
}

export interface PaintedGlyph extends Painted {
  readonly text: string;
  /** Which way its line runs: 0 to the right, then by quarters clockwise. */
  readonly turn: 0 | 1 | 2 | 3;
  /** Where it begins in the direction of its line, and where its base line lies across that. */
  readonly along: number;
  readonly across: number;
  /** How far it moves the character after it. */
  readonly advance: number;
  /** Height and width of the font's em square, as it lands on the page. */
  readonly height: number;
  readonly width: number;
  readonly centreX: number;
  readonly centreY: number;
}

export interface PaintedArea extends Painted {
  readonly region: Region;
}

/** A page has more on it than is looked at. */
export class TooMuchPainted extends Error {
  override readonly name = "TooMuchPainted";
}

export interface PageOperators {
  readonly fnArray: readonly number[];
  readonly argsArray: readonly unknown[];
}

/** Lines thinner than this, in points, hide nothing and are no background. */
const HAIRLINE = 1;

const EVERYWHERE: Region = { contains: () => true };

/** Text rendering modes (PDF 2.0, 9.3.6): the last two bits say fill, stroke, both or neither. */
const MODE_MASK = 3;
const [STROKE_ONLY, INVISIBLE] = [1, 3];

/** What of the page's operators asks for something from outside. */
export interface PaintingContext {
  /** From the page's own space to what a viewer shows. */
  readonly viewport: Matrix;
  fontOf(name: string): FontMetrics;
  /** Whether a group of optional content (a layer) is shown. */
  isShown(group: unknown): boolean;
}

/** Follows the operators of a page. Throws `TooMuchPainted` for more than `maxPainted` characters and areas. */
export function paintPage(operators: PageOperators, context: PaintingContext, maxPainted: number): PagePainting {
  const painter = new PagePainter(context, maxPainted);
  for (const [index, operator] of operators.fnArray.entries()) painter.apply(operator, operators.argsArray[index]);
  return painter.painting;
}

class PagePainter {
  readonly #glyphs: PaintedGlyph[] = [];
  readonly #areas: PaintedArea[] = [];
  readonly #context: PaintingContext;
  readonly #maxPainted: number;
  #state: GraphicsState;
  readonly #saved: GraphicsState[] = [];
  /** For each marked content and each group that is open, whether it hides what is in it, and how many do. */
  readonly #contents: boolean[] = [];
  readonly #groups: boolean[] = [];
  #hiding = 0;
  #pendingClip: "nonzero" | "even_odd" | undefined;
  #textMatrix = IDENTITY;
  #x = 0;
  #y = 0;
  #lineX = 0;
  #lineY = 0;
  #order = 0;
  readonly #operators = new Map<number, (args: readonly unknown[]) => void>([
    [OPS.save, () => this.#save()],
    [OPS.restore, () => this.#restore()],
    [OPS.transform, (matrix) => this.#transform(matrix)],
    [OPS.setGState, ([entries]) => this.#setGraphicsState(entries)],
    [OPS.clip, () => this.#clipNext("nonzero")],
    [OPS.eoClip, () => this.#clipNext("even_odd")],
    [OPS.constructPath, ([operator, data]) => this.#paintPath(operator, data)],
    [OPS.shadingFill, () => this.#paintArea(EVERYWHERE, undefined, this.#state.fillOpacity)],
    [OPS.paintFormXObjectBegin, ([matrix, box]) => this.#beginForm(matrix, box)],
    [OPS.paintFormXObjectEnd, () => this.#restore()],
    [OPS.beginGroup, ([options]) => this.#beginGroup(options)],
    [OPS.endGroup, () => this.#endGroup()],
    [OPS.beginAnnotation, (args) => this.#beginAnnotation(args)],
    [OPS.endAnnotation, () => this.#restore()],
    [OPS.beginMarkedContent, () => this.#open(this.#contents, false)],
    [OPS.beginMarkedContentProps, ([tag, group]) => this.#beginContent(tag, group)],
    [OPS.endMarkedContent, () => this.#close(this.#contents)],
    [OPS.beginText, () => this.#beginLine(IDENTITY)],
    [OPS.setTextMatrix, ([matrix]) => this.#beginLine(matrixOf(matrix))],
    [OPS.moveText, ([x, y]) => this.#moveText(numberOf(x), numberOf(y))],
    [OPS.setLeadingMoveText, ([x, y]) => this.#setLeadingAndMove(numberOf(x), numberOf(y))],
    [OPS.nextLine, () => this.#moveText(0, this.#state.leading)],
    [OPS.setFont, ([name, size]) => this.#setFont(name, size)],
    [OPS.showText, ([glyphs]) => this.#showText(glyphs)],
  ]);

  constructor(context: PaintingContext, maxPainted: number) {
    this.#context = context;
    this.#maxPainted = maxPainted;
    this.#state = initialState(context.viewport);
  }

  get painting(): PagePainting {
    return { glyphs: this.#glyphs, areas: this.#areas };
  }

  apply(operator: number, args: unknown): void {
    const list = Array.isArray(args) ? args : [];
    const change = stateChange(operator, list);
    if (change === undefined) this.#operators.get(operator)?.(list);
    else Object.assign(this.#state, change);
  }

  #save(): void {
    this.#saved.push({ ...this.#state });
  }

  #restore(): void {
    this.#state = this.#saved.pop() ?? this.#state;
  }

  #transform(numbers: unknown): void {
    this.#state.matrix = multiplied(this.#state.matrix, matrixOf(numbers));
  }

  #clipNext(rule: "nonzero" | "even_odd"): void {
    this.#pendingClip = rule;
  }

  #clipTo(box: unknown): void {
    if (!isNumbers(box)) return;
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = box;
    this.#state.clip = { region: rectangle([x0, y0, x1, y1], this.#state.matrix), within: this.#state.clip };
  }

  #beginForm(matrix: unknown, box: unknown): void {
    this.#save();
    this.#transform(matrix);
    this.#clipTo(box);
  }

  #beginContent(tag: unknown, group: unknown): void {
    this.#open(this.#contents, tag === "OC" && !this.#context.isShown(group));
  }

  #beginGroup(options: unknown): void {
    this.#save();
    // A mask's own content is not shown as it is.
    this.#open(this.#groups, isMask(options));
    this.#state.groupOpacity *= this.#state.fillOpacity;
    this.#state.fillOpacity = 1;
    this.#state.strokeOpacity = 1;
  }

  #endGroup(): void {
    this.#close(this.#groups);
    this.#restore();
  }

  /** An annotation's appearance begins on the page itself, in its own rectangle. */
  #beginAnnotation([, rectangle_, transform, matrix]: readonly unknown[]): void {
    this.#save();
    this.#state = initialState(this.#context.viewport);
    this.#clipTo(rectangle_);
    this.#transform(transform);
    this.#transform(matrix);
  }

  #setGraphicsState(entries: unknown): void {
    if (!Array.isArray(entries)) return;
    for (const entry of entries) {
      const [key, value]: unknown[] = Array.isArray(entry) ? entry : [];
      if (key === "Font" && Array.isArray(value)) this.#setFont(value[0], value[1]);
      else Object.assign(this.#state, entryChange(key, value));
    }
  }

  #paintPath(operator: unknown, data: unknown): void {
    const [path]: unknown[] = Array.isArray(data) ? data : [];
    const numbers = isNumbers(path) ? path : [];
    const { matrix, fill, stroke, fillOpacity, strokeOpacity, lineWidth } = this.#state;
    if (isFill(operator)) {
      const shape = new PaintedShape(numbers, matrix, isEvenOdd(operator) ? "even_odd" : "nonzero");
      if (shape.thickness >= HAIRLINE) this.#paintArea(shape, fill, fillOpacity);
    }
    if (isStroke(operator) && lineWidth * scaleOf(matrix) >= HAIRLINE) {
      this.#paintArea(new PaintedShape(stroked(numbers, lineWidth), matrix, "nonzero"), stroke, strokeOpacity);
    }
    if (this.#pendingClip === undefined) return;
    const region = new PaintedShape(numbers, matrix, this.#pendingClip);
    this.#state.clip = { region, within: this.#state.clip };
    this.#pendingClip = undefined;
  }

  #paintArea(region: Region, colour: Colour | undefined, opacity: number): void {
    if (this.#hiding > 0) return;
    this.#areas.push({
      region,
      clip: this.#state.clip,
      colour: this.#isPlain() ? colour : undefined,
      opacity: opacity * this.#state.groupOpacity,
      order: this.#nextOrder(),
    });
  }

  #setFont(name: unknown, size: unknown): void {
    if (typeof name === "string") this.#state.font = this.#context.fontOf(name);
    this.#state.size = numberOf(size);
  }

  #beginLine(matrix: Matrix): void {
    this.#textMatrix = matrix;
    this.#x = this.#y = this.#lineX = this.#lineY = 0;
  }

  #moveText(x: number, y: number): void {
    this.#x = this.#lineX += x;
    this.#y = this.#lineY += y;
  }

  #setLeadingAndMove(x: number, y: number): void {
    this.#state.leading = y;
    this.#moveText(x, y);
  }

  #showText(glyphs: unknown): void {
    if (!Array.isArray(glyphs)) return;
    for (const glyph of glyphs) {
      if (typeof glyph === "number") this.#advance((-glyph * this.#state.size) / 1000);
      else this.#showGlyph(glyph);
    }
  }

  #showGlyph(glyph: unknown): void {
    if (!isGlyph(glyph)) return;
    const { font, size, stretch, characterSpacing, wordSpacing } = this.#state;
    const width = glyph.width * font.widthScale * size;
    if (glyph.unicode.trim() !== "" && this.#hiding === 0) this.#paintGlyph(glyph.unicode, width * stretch);
    this.#advance(width + characterSpacing + (glyph.isSpace ? wordSpacing : 0));
  }

  #advance(distance: number): void {
    if (this.#state.font.vertical) this.#y -= this.#state.size;
    else this.#x += distance * this.#state.stretch;
  }

  #paintGlyph(text: string, advance: number): void {
    const { matrix, size, stretch, rise, mode, fill, stroke, fillOpacity, strokeOpacity, groupOpacity, clip } =
      this.#state;
    if ((mode & MODE_MASK) === INVISIBLE) return;
    const isStroked = (mode & MODE_MASK) === STROKE_ONLY;
    const colour = isStroked ? stroke : fill;
    const space = multiplied(matrix, this.#textMatrix);
    const [a, b, c, d] = space;
    const [x, y] = placed(space, this.#x, this.#y + rise);
    // A character is taken to be where the middle of its small letters is.
    const [centreX, centreY] = placed(space, this.#x + advance / 2, this.#y + rise + size / 4);
    const run = Math.hypot(a, b);
    const turn = turnOf(a, b);
    this.#glyphs.push({
      text,
      turn,
      along: [x, y, -x, -y][turn] ?? x,
      across: [y, -x, -y, x][turn] ?? y,
      advance: advance * run,
      // The height of a slanted font is what is left of it at a right angle to the line.
      height: run === 0 ? 0 : (Math.abs(a * d - b * c) / run) * Math.abs(size),
      width: run * Math.abs(size * stretch),
      centreX,
      centreY,
      colour: this.#isPlain() ? colour : undefined,
      opacity: (isStroked ? strokeOpacity : fillOpacity) * groupOpacity,
      clip,
      order: this.#nextOrder(),
    });
  }

  #open(stack: boolean[], hides: boolean): void {
    stack.push(hides);
    if (hides) this.#hiding++;
  }

  #close(stack: boolean[]): void {
    if (stack.pop() === true) this.#hiding--;
  }

  #isPlain(): boolean {
    return !this.#state.masked && !this.#state.blended;
  }

  #nextOrder(): number {
    if (this.#order >= this.#maxPainted) throw new TooMuchPainted();
    return ++this.#order;
  }
}

/** By quarters clockwise: the y axis of the page as it is shown points down. */
function turnOf(a: number, b: number): 0 | 1 | 2 | 3 {
  const quarters = (Math.round(Math.atan2(b, a) / (Math.PI / 2)) + 4) % 4;
  return quarters === 1 || quarters === 2 || quarters === 3 ? quarters : 0;
}
