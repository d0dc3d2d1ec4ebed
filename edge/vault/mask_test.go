package vault

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"dcedge/edge"
)

func TestMask(t *testing.T) {
	for in, want := range map[string]string{"": "", "홍": "*", "홍길": "홍*", "홍길동": "홍*동", "남궁민수": "남**수", "선우용녀님아": "선**아",
		"John Smith": "Jo*** Sm***", "Li Q": "L*** ***", "홍길동 김철수": "홍* 김*", "山田太郎": "山**郎", "José": "Jo***"} {
		assert.Equal(t, want, maskName(in), in)
	}
	for in, want := range map[string]string{"": "", "010-8477-1824": "010-8477-****", "01084771824": "010-8477-****", "02-123-4567": "02-123-****",
		"0212345678": "02-1234-****", "031-123-4567": "031-123-****", "1588-1234": "1588-****", "050-1234-5678": "0501-234-5678", "0504-123-45678": "0504-1234-5678", "112": "***", "없음": "***"} {
		assert.Equal(t, want, maskPhone(in), in)
	}
	for in, want := range map[string]string{"": "", "경기도 용인시 기흥구 동백중앙로 371": "경기도 용인시 기흥구 동백중앙로 ***",
		"서울특별시 강남구 역삼동 123-4": "서울특별시 강남구 역삼동 ***", "서울 강남구 테헤란로 1": "서울 강남구 테헤란로 ***", "울산바위 강남구": "***", "서울시 강남구 테헤란로12길 34": "서울시 강남구 테헤란로*길 ***",
		"강원도 홍천군 남면 비밀길 5": "강원도 홍천군 남면 ***", "12 Secret Street": "***", "부산시 비밀빌라 3동": "부산시 ***"} {
		assert.Equal(t, want, maskAddress(in), in)
	}
}

// One site shows one form, and the form does not give what it is to hide.
func TestMaskRevealsNoMore(t *testing.T) {
	hangul := rapid.RuneFrom([]rune("가나다라마바사아자차카타파하강남동로길시구군읍면"))
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.StringOfN(rapid.RuneFrom([]rune("0123456789")), 8, 8, -1).Draw(t, "digits")
		r := edge.Recipient{
			Name:          rapid.StringOfN(hangul, 0, 7, -1).Draw(t, "name"),
			Phone:         "010-" + digits[:4] + "-" + digits[4:],
			Address:       strings.Join(rapid.SliceOfN(rapid.StringOfN(rapid.OneOf(hangul, rapid.RuneFrom([]rune("0123456789-"))), 1, 6, -1), 0, 8).Draw(t, "address"), " "),
			AddressDetail: "상세" + digits, Entrance: "#" + digits, Message: "문앞" + digits, Postcode: digits[:5],
		}
		m := Mask(r)
		if again := Mask(r); again != m {
			t.Fatalf("two forms of one recipient: %v, %v", m, again)
		}
		if n := len([]rune(r.Name)); n > 2 && strings.Count(m.Name, "*") == 0 || n > 0 && len([]rune(m.Name)) > 4 {
			t.Fatalf("name %q shown as %q", r.Name, m.Name)
		}
		if m.Phone != "010-"+digits[:4]+"-****" {
			t.Fatalf("phone shown as %q", m.Phone)
		}
		if strings.ContainsAny(m.Address, "0123456789") {
			t.Fatalf("address %q shown as %q", r.Address, m.Address)
		}
		// the mask of another recipient who differs only in what is hidden is the same
		o := r
		o.Phone = "010-" + digits[:4] + "-0000"
		o.AddressDetail, o.Entrance, o.Message, o.Postcode = "", "", "", ""
		if runes := []rune(o.Name); len(runes) > 2 {
			runes[1] = '꽃'
			o.Name = string(runes)
		}
		if Mask(o) != m {
			t.Fatalf("what is hidden shows: %v, %v", Mask(o), m)
		}
	})
}
