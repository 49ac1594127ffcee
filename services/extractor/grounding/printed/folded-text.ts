/** Lower case without accents: how words of many languages are compared with a list of them. */
export function foldedText(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/ß/g, "ss")
    .replace(/ł/g, "l")
    .replace(/’/g, "'");
}
