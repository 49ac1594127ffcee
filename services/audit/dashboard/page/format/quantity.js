const whole = new Intl.NumberFormat("en");
const percent = new Intl.NumberFormat("en", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });

const UNITS = ["B", "KB", "MB", "GB"];
const UNIT_STEP = 1_024;

/** @param {number} value */
export function count(value) {
  return whole.format(value);
}

/** @param {number} value a count of bytes, for exact reading: `20,480 bytes` */
export function exactBytes(value) {
  return `${whole.format(value)} ${value === 1 ? "byte" : "bytes"}`;
}

/** @param {number} value a count of bytes, for reading at a glance: `20 KB` */
export function bytes(value) {
  let size = value;
  let unit = 0;
  while (size >= UNIT_STEP && unit < UNITS.length - 1) {
    size /= UNIT_STEP;
    unit += 1;
  }
  return `${size >= 10 || unit === 0 ? Math.round(size) : size.toFixed(1)} ${UNITS[unit]}`;
}

/** @param {number | null} rate from 0 to 1; null where nothing has ended yet */
export function rate(rate) {
  return rate === null ? "–" : percent.format(rate);
}

/**
 * @param {number} value
 * @param {string} one
 * @param {string} [many]
 */
export function counted(value, one, many = `${one}s`) {
  return `${whole.format(value)} ${value === 1 ? one : many}`;
}
