package scenario

import (
	"fmt"
	"math/rand/v2"
)

// word is one word in Korean, English and Japanese.
type word [3]string

func (a word) with(b word) text {
	return text{"ko": a[0] + " " + b[0], "en": a[1] + " " + b[1], "ja": a[2] + b[2]}
}

func adjectives() []word {
	return []word{
		{"빨간", "Red", "赤い"}, {"하얀", "White", "白い"}, {"검은", "Black", "黒い"}, {"작은", "Small", "小さい"},
		{"큰", "Large", "大きい"}, {"둥근", "Round", "丸い"}, {"접이식", "Folding", "折りたたみ"}, {"무선", "Cordless", "コードレス"},
		{"유기농", "Organic", "オーガニック"}, {"여름", "Summer", "夏用"}, {"겨울", "Winter", "冬用"}, {"어린이", "Kids'", "子ども用"},
		{"방수", "Waterproof", "防水"}, {"수제", "Handmade", "手作り"}, {"대용량", "Family size", "大容量"}, {"휴대용", "Travel", "携帯用"},
		{"도자기", "Ceramic", "陶器の"}, {"나무", "Wooden", "木の"}, {"유리", "Glass", "ガラスの"}, {"순면", "Cotton", "綿の"},
	}
}

func nouns() []word {
	return []word{
		{"머그컵", "mug", "マグカップ"}, {"티셔츠", "T-shirt", "Tシャツ"}, {"양말", "socks", "靴下"}, {"우산", "umbrella", "傘"},
		{"수건", "towel", "タオル"}, {"접시", "plate", "皿"}, {"텀블러", "tumbler", "タンブラー"}, {"쿠션", "cushion", "クッション"},
		{"시계", "clock", "時計"}, {"조명", "lamp", "ランプ"}, {"노트", "notebook", "ノート"}, {"볼펜", "ballpoint pen", "ボールペン"},
		{"가방", "bag", "バッグ"}, {"모자", "hat", "帽子"}, {"장갑", "gloves", "手袋"}, {"비누", "soap", "石けん"},
		{"샴푸", "shampoo", "シャンプー"}, {"크림", "cream", "クリーム"}, {"차", "tea", "お茶"}, {"커피", "coffee", "コーヒー"},
		{"과자", "biscuits", "ビスケット"}, {"꿀", "honey", "はちみつ"}, {"김", "seaweed", "海苔"}, {"인형", "doll", "人形"},
		{"퍼즐", "puzzle", "パズル"}, {"냄비", "pot", "鍋"}, {"도마", "chopping board", "まな板"}, {"칼", "knife", "包丁"},
		{"바구니", "basket", "かご"}, {"거울", "mirror", "鏡"}, {"액자", "picture frame", "額縁"}, {"향초", "scented candle", "キャンドル"},
	}
}

func variants() []text {
	colours := []word{{"블랙", "black", "ブラック"}, {"화이트", "white", "ホワイト"}, {"네이비", "navy", "ネイビー"}, {"베이지", "beige", "ベージュ"}}
	var all []text
	for _, c := range colours {
		for _, size := range []string{"S", "M", "L", "XL"} {
			all = append(all, text{"ko": c[0] + "/" + size, "en": c[1] + "/" + size, "ja": c[2] + "/" + size})
		}
	}
	return all
}

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

// person makes up a Korean name; no such person is meant.
func person(rng *rand.Rand) string {
	family := []string{"김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오", "서", "신", "권", "황", "안", "송", "남궁", "제갈"}
	given := []string{
		"민준", "서연", "도윤", "지우", "하준", "서윤", "은우", "하은", "시우", "지유", "준서", "수아", "유진", "다온",
		"예준", "채원", "가람", "나래", "보람", "슬기", "솔", "별", "햇살", "뿌리",
	}
	return pick(rng, family) + pick(rng, given)
}

// place is a district with the sort code that its parcels bear.
type place struct{ city, road, short, sort, sub, branch string }

func places() []place {
	return []place{
		{"서울특별시 강남구", "테헤란로", "강남 역삼", "4W44", "24", "강남1"},
		{"서울특별시 마포구", "월드컵로", "마포 서교", "3M12", "07", "마포2"},
		{"경기도 성남시 분당구", "판교역로", "분당 판교", "5B31", "11", "분당3"},
		{"경기도 용인시 기흥구", "동백중앙로", "기흥 동백", "5K08", "02", "용인1"},
		{"인천광역시 연수구", "송도과학로", "연수 송도", "2S77", "15", "송도1"},
		{"부산광역시 해운대구", "센텀중앙로", "해운대 우동", "8H21", "33", "해운대2"},
		{"대구광역시 수성구", "달구벌대로", "수성 범어", "7D05", "09", "수성1"},
		{"대전광역시 유성구", "대학로", "유성 궁동", "6Y19", "04", "유성1"},
		{"광주광역시 서구", "상무중앙로", "서구 치평", "9G40", "18", "상무1"},
		{"제주특별자치도 제주시", "노형로", "제주 노형", "9J01", "01", "제주1"},
	}
}

func recipient(rng *rand.Rand, at place) party {
	messages := []string{"", "", "", "문 앞에 놓아주세요", "경비실에 맡겨주세요", "배송 전 연락 바랍니다"}
	return party{
		Name:  person(rng),
		Phone: fmt.Sprintf("010-%04d-%04d", 2000+rng.IntN(7999), rng.IntN(10000)), Postcode: fmt.Sprintf("%05d", 1000+rng.IntN(62000)),
		Address:       fmt.Sprintf("%s %s %d", at.city, at.road, 1+rng.IntN(499)),
		AddressDetail: fmt.Sprintf("%d동 %d호", 101+rng.IntN(20), 100*(1+rng.IntN(20))+1+rng.IntN(6)),
		Message:       pick(rng, messages),
	}
}
