/**
 * A question that is answered once for each text, for as long as its asker keeps it: pages repeat their words, and one that
 * was made to take long has the same words around thousands of values.
 */
export function answeredOnce<Answer>(answer: (text: string) => Answer): (text: string) => Answer {
  const answers = new Map<string, { readonly answer: Answer }>();
  return (text) => {
    const known = answers.get(text) ?? { answer: answer(text) };
    answers.set(text, known);
    return known.answer;
  };
}
