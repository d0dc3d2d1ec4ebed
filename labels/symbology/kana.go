package symbology

import (
	"strings"
	"unicode/utf8"
)

// The kana of the JIS keyboard against the US keys at the same places, which is what
// a keyboard-wedge scanner presses. Pairs of strings of the same length in
// characters.
const (
	kanaTyped = "ぬふあうえおやゆよわほへたていすかんなにらせ゛゜ちとしはきくまのりれけむつさそひこみもねるめ"
	kanaKeys  = "1234567890-=qwertyuiop[]asdfghjkl;'\\zxcvbnm,./"
	shiftKana = "ぁぅぇぉゃゅょをぃっ「」、。・"
	shiftKeys = "#$%^&*()EZ{}<>?"
)

// voiced kana are typed as the plain kana and a mark.
const (
	voicedKana = "がぎぐげござじずぜぞだぢづでどばびぶべぼゔ"
	plainKana  = "かきくけこさしすせそたちつてとはひふへほう"
	halfVoiced = "ぱぴぷぺぽ"
	halfPlain  = "はひふへほ"
)

// UnKana gives the keys that a Japanese keyboard in kana mode turned into text
// (hiragana, katakana, half-width katakana, full-width forms). ok is false where
// the text holds no kana or a character that no key types.
func UnKana(text string) (keys string, ok bool) {
	var b strings.Builder
	found := false
	for _, r := range text {
		r = hiragana(r)
		if k, has := pair(kanaTyped, kanaKeys, r); has {
			b.WriteRune(k)
			found = true
			continue
		}
		if k, has := pair(shiftKana, shiftKeys, r); has {
			b.WriteRune(k)
			found = true
			continue
		}
		if p, has := pair(voicedKana, plainKana, r); has {
			k, _ := pair(kanaTyped, kanaKeys, p)
			b.WriteRune(k)
			b.WriteByte('[')
			found = true
			continue
		}
		if p, has := pair(halfVoiced, halfPlain, r); has {
			k, _ := pair(kanaTyped, kanaKeys, p)
			b.WriteRune(k)
			b.WriteByte(']')
			found = true
			continue
		}
		if r < 0x20 || r >= 0x7F {
			return "", false
		}
		b.WriteRune(r)
	}
	return b.String(), found
}

// pair finds r in from and gives the character at the same place of to.
func pair(from, to string, r rune) (rune, bool) {
	i := strings.IndexRune(from, r)
	if i < 0 {
		return 0, false
	}
	return []rune(to)[utf8.RuneCountInString(from[:i])], true
}

// hiragana folds katakana and half-width katakana into hiragana, and full-width
// forms into ASCII.
func hiragana(r rune) rune {
	const half = "をぁぃぅぇぉゃゅょっーあいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわん゛゜"
	switch {
	case r >= 0x30A1 && r <= 0x30F4:
		return r - 0x60
	case r >= 0xFF66 && r <= 0xFF9F:
		return []rune(half)[r-0xFF66]
	}
	return asciiWidth(r)
}

// asciiWidth folds full-width forms into ASCII.
func asciiWidth(r rune) rune {
	switch {
	case r >= 0xFF01 && r <= 0xFF5E:
		return r - 0xFF01 + '!'
	case r == 0x3000:
		return ' '
	}
	return r
}

// UnWide folds full-width letters, digits and signs, as a Japanese or Korean input
// method types them, into ASCII. ok is false where there was nothing to fold or
// something else than ASCII is left.
func UnWide(text string) (ascii string, ok bool) {
	found := false
	out := strings.Map(func(r rune) rune {
		f := asciiWidth(r)
		found = found || f != r
		return f
	}, text)
	for i := range len(out) {
		if out[i] >= 0x7F {
			return "", false
		}
	}
	return out, found
}
