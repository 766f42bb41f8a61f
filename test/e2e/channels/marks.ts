/** The mark of the n-th message, by the w-th person: m<n>p<w>. */
const marks = /\bm\d+p\d+\b/g

/** Marks in a text, each once, in the order of their first appearance. */
export const marksIn = (text: string): readonly string[] => [...new Set(text.match(marks) ?? [])]
