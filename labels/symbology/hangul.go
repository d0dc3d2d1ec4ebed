package symbology

import "strings"

// The 2-beolsik keys of the jamo, in the order of Unicode: initial consonants,
// vowels, final consonants. A compound takes several keys.
const (
	hangulFirst  = "r R s e E f a q Q t T d w W c z x v g"
	hangulVowel  = "k o i O j p u P h hk ho hl y n nj np nl b m ml l"
	hangulFinal  = " r R rt s sw sg e f fr fa fq ft fx fv fg a q qt t T d w c z x v g"
	hangulCompat = "r R rt s sw sg e E f fr fa fq ft fx fv fg a q Q qt t T d w W c z x v g" +
		" k o i O j p u P h hk ho hl y n nj np nl b m ml l"
)

// UnHangul gives the keys that a Korean 2-beolsik input method turned into text.
// Only E O P Q R T W have a shifted jamo, so other letters come back in lower case.
// ok is false where the text holds no Hangul or a letter that no key types.
func UnHangul(text string) (keys string, ok bool) {
	var b strings.Builder
	found := false
	for _, r := range text {
		switch {
		case r >= 0xAC00 && r <= 0xD7A3: // syllable = (first*21 + vowel)*28 + final
			n := int(r - 0xAC00)
			b.WriteString(field(hangulFirst, n/588))
			b.WriteString(field(hangulVowel, n/28%21))
			b.WriteString(field(hangulFinal, n%28))
			found = true
		case r >= 0x3131 && r <= 0x3163: // compatibility jamo
			b.WriteString(field(hangulCompat, int(r-0x3131)))
			found = true
		case r >= 0x1100 && r <= 0x1112:
			b.WriteString(field(hangulFirst, int(r-0x1100)))
			found = true
		case r >= 0x1161 && r <= 0x1175:
			b.WriteString(field(hangulVowel, int(r-0x1161)))
			found = true
		case r >= 0x11A8 && r <= 0x11C2:
			b.WriteString(field(hangulFinal, int(r-0x11A8)+1))
			found = true
		case r >= 0x20 && r < 0x7F:
			b.WriteRune(r)
		default:
			return "", false
		}
	}
	return b.String(), found
}

func field(list string, n int) string {
	for range n {
		_, list, _ = strings.Cut(list, " ")
	}
	f, _, _ := strings.Cut(list, " ")
	return f
}
