/**
 * JSON with line breaks and two spaces for each level. Only white space is added: parsing and writing again would change
 * the digits of numbers.
 */
export function indentJson(json: string): string {
  let depth = 0;
  const lineBreak = () => `\n${"  ".repeat(depth)}`;
  return json.replaceAll(/"(?:[^"\\]|\\.)*"|\{\}|\[\]|[{}[\],:]|\s+/g, (token) => {
    switch (token) {
      case "{":
      case "[":
        depth += 1;
        return token + lineBreak();
      case "}":
      case "]":
        depth -= 1;
        return lineBreak() + token;
      case ",":
        return token + lineBreak();
      case ":":
        return ": ";
      default:
        return /^\s/.test(token) ? "" : token;
    }
  });
}
