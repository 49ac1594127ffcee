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

const utcDay = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const zone = new Intl.DateTimeFormat("en-GB", { timeZoneName: "shortOffset" });

/** The reader's time zone by its distance, `UTC+1` or `UTC`. */
export function zoneName() {
  const name = zone.formatToParts(new Date()).find(({ type }) => type === "timeZoneName")?.value ?? "local time";
  return name.replace(/^GMT(?:\+0$)?/, "UTC");
}

/** A day of statistics, which are those of UTC. @param {string | number} time */
export function utcDayOf(time) {
  return utcDay.format(new Date(time));
}

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
