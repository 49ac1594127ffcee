/** Times are shown as the reader's clock tells them; the exact one, in UTC, is in the element's `datetime` and title. */
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const minute = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const dayOfYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const precise = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});

/** @param {string | number} time */
export function clockTime(time) {
  return clock.format(new Date(time));
}

/** @param {string | number} time with milliseconds */
export function preciseTime(time) {
  return precise.format(new Date(time));
}

/** @param {string | number} time */
export function minuteOf(time) {
  return minute.format(new Date(time));
}

/** @param {string | number} time */
export function dayOf(time) {
  const date = new Date(time);
  return (date.getFullYear() === new Date().getFullYear() ? day : dayOfYear).format(date);
}

/** @param {string | number} time */
export function dayAndMinute(time) {
  return `${dayOf(time)}, ${minuteOf(time)}`;
}
