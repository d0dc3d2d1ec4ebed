package vault

import (
	"strings"
	"unicode"

	"dcedge/edge"
)

// Profile names the masking in use: one per site, since two forms combined
// give the whole. kr-pipc is the form of the Korean regulator for waybills:
// the middle of the name (of a Latin word all behind its second letter), the last four
// digits of the phone, the address down to the neighbourhood or the road.
const Profile = "kr-pipc"

const (
	star  = "*"
	stars = "***"

	// the short forms of provinces, as people write them
	provinces = " 서울 부산 대구 인천 광주 대전 울산 세종 경기 강원 충북 충남 전북 전남 경북 경남 제주 "
)

// Mask is the one function through which a recipient is shown.
func Mask(r edge.Recipient) edge.Masked {
	phone := r.SafeNumber
	if phone == "" {
		phone = r.Phone
	}
	return edge.Masked{Name: maskName(r.Name), Phone: maskPhone(phone), Address: maskAddress(r.Address)}
}

func maskName(name string) string {
	words := strings.Fields(name)
	for i, w := range words {
		runes := []rune(w)
		if isLatin(runes) {
			words[i] = string(runes[:min(2, len(runes)-1)]) + stars
			continue
		}
		if len(words) > 1 { // a long name, or two people: no more than the first of each
			words[i] = string(runes[:1]) + star
			continue
		}
		switch n := len(runes); {
		case n == 1:
			words[i] = star
		case n == 2:
			words[i] = string(runes[0]) + star
		case n == 3:
			words[i] = string(runes[0]) + star + string(runes[2])
		default: // two stars for any length: the length tells too
			words[i] = string(runes[0]) + star + star + string(runes[n-1])
		}
	}
	return strings.Join(words, " ")
}

func isLatin(runes []rune) bool {
	for _, r := range runes {
		if r > unicode.MaxASCII && !unicode.Is(unicode.Latin, r) {
			return false
		}
	}
	return true
}

// maskPhone hides the last four digits; a safe number (050x) is an alias and
// shown whole; anything shorter than a phone number is hidden whole.
func maskPhone(phone string) string {
	var digits []byte
	for _, c := range []byte(phone) {
		if c >= '0' && c <= '9' {
			digits = append(digits, c)
		}
	}
	if n := len(digits); n >= 11 && n <= 12 && strings.HasPrefix(string(digits), "050") {
		return string(digits[:4]) + "-" + string(digits[4:n-4]) + "-" + string(digits[n-4:])
	}
	n := len(digits)
	if n < 8 {
		if phone == "" {
			return ""
		}
		return stars
	}
	area := 3
	if strings.HasPrefix(string(digits), "02") {
		area = 2
	}
	if n-4-area < 3 { // no area code
		return string(digits[:n-4]) + "-****"
	}
	return string(digits[:area]) + "-" + string(digits[area:n-4]) + "-****"
}

// maskAddress shows an address down to the town (읍, 면, 동, 가) or the road
// (로, 길), without numbers; what cannot be told apart is hidden.
func maskAddress(address string) string {
	var shown []string
	for i, word := range strings.Fields(address) {
		if i == 6 {
			break
		}
		runes := []rune(word)
		last := runes[len(runes)-1]
		switch {
		case i == 0 && strings.Contains(provinces, " "+word+" "),
			strings.ContainsRune("도시군구", last) && len(runes) > 1 && allHangul(runes):
			shown = append(shown, word)
		case strings.ContainsRune("읍면동가로길", last) && len(runes) > 1:
			return strings.Join(append(shown, hideDigits(runes), stars), " ")
		default:
			return strings.Join(append(shown, stars), " ")
		}
	}
	if address == "" {
		return ""
	}
	return strings.Join(append(shown, stars), " ")
}

func allHangul(runes []rune) bool {
	for _, r := range runes {
		if !unicode.Is(unicode.Hangul, r) {
			return false
		}
	}
	return true
}

// hideDigits puts one star for each run of anything but Hangul.
func hideDigits(runes []rune) string {
	var b strings.Builder
	hidden := false
	for _, r := range runes {
		if unicode.Is(unicode.Hangul, r) {
			b.WriteRune(r)
		} else if !hidden {
			b.WriteString(star)
		}
		hidden = !unicode.Is(unicode.Hangul, r)
	}
	return b.String()
}
