/** Numbers that check themselves. Spaces and dashes of print do not matter. Pure. */

/** A GTIN of 8, 12, 13 or 14 digits whose last one is right (GS1 General Specifications, 7.9). */
export function isGtin(number: string): boolean {
  const digits = withoutSeparators(number);
  if (!/^(?:\d{8}|\d{12,14})$/.test(digits)) return false;
  // From the right, every second digit counts three times, the check digit itself once.
  const sum = [...digits]
    .toReversed()
    .reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}

/** An IBAN whose check digits are right (ISO 13616, ISO 7064 mod 97-10). The length that each country gives it is not checked. */
export function isIban(number: string): boolean {
  const compact = withoutSeparators(number).toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z\d]{11,30}$/.test(compact)) return false;
  const moved = compact.slice(4) + compact.slice(0, 4);
  const digits = moved.replaceAll(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  return BigInt(digits) % 97n === 1n;
}

/** A container number whose check digit is right (ISO 6346: owner, category, serial number, check digit). */
export function isContainerNumber(number: string): boolean {
  const compact = withoutSeparators(number).toUpperCase();
  if (!/^[A-Z]{3}[UJZ]\d{7}$/.test(compact)) return false;
  const sum = [...compact.slice(0, -1)].reduce((total, character, place) => total + valueAt(character) * 2 ** place, 0);
  return (sum % 11) % 10 === Number(compact.at(-1));
}

/** Letters count from 10 and leave out the multiples of 11. */
function valueAt(character: string): number {
  if (/\d/.test(character)) return Number(character);
  const place = character.charCodeAt(0) - 55;
  return place + Math.floor((place - 1) / 10);
}

function withoutSeparators(number: string): string {
  return number.replaceAll(/[\s./-]/g, "");
}
