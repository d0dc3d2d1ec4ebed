// Code 128, set B, of plain ASCII: the bars of a printed order number.

const widths = ("212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112").split(" ");
const startB = 104;
const stop = 106;
const quiet = 10; // modules of white on either side

// bars gives the black stretches [from, width] in modules, and the whole width;
// nothing where the text has a character that set B lacks.
export function bars(text: string): { list: [number, number][]; width: number } | undefined {
  const symbols = [startB];
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 32 || c > 126) return undefined;
    symbols.push(c - 32);
  }
  if (symbols.length === 1) return undefined;
  symbols.push(symbols.reduce((sum, s, i) => sum + s * Math.max(1, i), 0) % 103, stop);
  const list: [number, number][] = [];
  let at = quiet;
  symbols.forEach((s) =>
    widths[s].split("").forEach((w, i) => {
      if (i % 2 === 0) list.push([at, Number(w)]);
      at += Number(w);
    }),
  );
  return { list, width: at + quiet };
}
