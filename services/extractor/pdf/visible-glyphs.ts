import type { Clip } from "./graphics-state.ts";
import type { Colour } from "./operator-arguments.ts";
import { type PagePainting, type PaintedArea, type PaintedGlyph, TooMuchPainted } from "./page-painting.ts";

/**
 * Which characters of a page a person could see. Text that nobody sees is how a document says something else to a machine
 * than to its reader, so what is doubtful does not count.
 */
export interface PageSize {
  readonly width: number;
  readonly height: number;
}

/** Nobody prints smaller what is to be read; in points. */
const MIN_HEIGHT = 4;
/** Of a page that is so large that it is shown smaller, the part of its shorter side. */
const MIN_HEIGHT_OF_SIDE = 1 / 200;
/** Letters squeezed to less than this, in points, are a line. */
const MIN_WIDTH = 1.5;
/** Distance of two colours in the cube of red, green and blue (0 to √3) below which they look alike: light grey on white. */
const MIN_CONTRAST = 0.3;
/** What shines through less than this is covered. */
const MIN_OPACITY = 0.3;
const PAPER: Colour = [1, 1, 1];

/** Throws `TooMuchPainted` when that takes more than `maxTests` looks at an area. */
export function visibleGlyphs(painting: PagePainting, page: PageSize, maxTests: number): readonly PaintedGlyph[] {
  const minHeight = Math.max(MIN_HEIGHT, Math.min(page.width, page.height) * MIN_HEIGHT_OF_SIDE);
  const large = painting.glyphs.filter((glyph) => glyph.height >= minHeight && glyph.width >= MIN_WIDTH);
  if (large.length * painting.areas.length > maxTests) throw new TooMuchPainted();
  return large.filter(
    (glyph) => isOnPage(glyph, page) && isShownBy(glyph.clip, glyph) && isLegible(glyph, painting.areas),
  );
}

function isOnPage({ centreX, centreY }: PaintedGlyph, { width, height }: PageSize): boolean {
  return centreX >= 0 && centreX <= width && centreY >= 0 && centreY <= height;
}

function isShownBy(clip: Clip | undefined, { centreX, centreY }: PaintedGlyph): boolean {
  for (let each = clip; each !== undefined; each = each.within) {
    if (!each.region.contains(centreX, centreY)) return false;
  }
  return true;
}

/** Whether it stands out from everything it may be seen against, and nothing painted later covers it. */
function isLegible(glyph: PaintedGlyph, areas: readonly PaintedArea[]): boolean {
  if (glyph.colour === undefined) return false;
  let shining = glyph.opacity;
  let at = areas.length - 1;
  for (; at >= 0; at--) {
    const area = areas[at];
    if (area === undefined || area.order < glyph.order) break;
    if (isUnder(area, glyph)) shining *= 1 - area.opacity;
  }
  if (shining < MIN_OPACITY) return false;
  for (; at >= 0; at--) {
    const area = areas[at];
    if (area === undefined || !isUnder(area, glyph)) continue;
    if (area.opacity > 0 && !standsOut(glyph, area.colour)) return false;
    if (area.opacity >= 1) return true;
  }
  return standsOut(glyph, PAPER);
}

function isUnder({ region, clip }: PaintedArea, glyph: PaintedGlyph): boolean {
  return region.contains(glyph.centreX, glyph.centreY) && isShownBy(clip, glyph);
}

function standsOut({ colour, opacity }: PaintedGlyph, background: Colour | undefined): boolean {
  if (colour === undefined || background === undefined) return false;
  const [r, g, b] = colour;
  return opacity * Math.hypot(r - background[0], g - background[1], b - background[2]) >= MIN_CONTRAST;
}
