package paper

// words are those that stand on a document by themselves, by language.
var words = map[string]map[string]string{
	"ko": {"packingSlip": "거래명세서", "manifest": "출고 인수증", "pickList": "피킹 리스트", "order": "주문 번호", "date": "일자", "from": "보내는 곳", "to": "받는 곳",
		"sku": "상품 코드", "name": "상품명", "quantity": "수량", "location": "로케이션", "waybill": "송장 번호", "box": "박스", "weight": "무게", "truck": "차량", "dock": "도크",
		"carrier": "택배사", "pieces": "합계 수량", "boxes": "박스 수", "picker": "작업자", "check": "확인", "page": "쪽", "signature": "인수자 서명", "label": "송장", "labelFirst": "피킹 프린터의 송장을 토트에 함께", "zone": "구역"},
	"ja": {"packingSlip": "納品書", "manifest": "集荷明細書", "pickList": "ピッキングリスト", "order": "注文番号", "date": "日付", "from": "発送元", "to": "お届け先",
		"sku": "商品コード", "name": "品名", "quantity": "数量", "location": "棚", "waybill": "送り状番号", "box": "箱", "weight": "重量", "truck": "車両", "dock": "ドック",
		"carrier": "運送会社", "pieces": "合計数量", "boxes": "箱数", "picker": "作業者", "check": "確認", "page": "ページ", "signature": "受領者署名", "label": "送り状", "labelFirst": "ピッキング用プリンターの送り状をトートに添付", "zone": "区画"},
	"en": {"packingSlip": "Packing slip", "manifest": "Manifest", "pickList": "Pick list", "order": "Order", "date": "Date", "from": "From", "to": "To",
		"sku": "SKU", "name": "Article", "quantity": "Qty", "location": "Location", "waybill": "Waybill", "box": "Box", "weight": "Weight", "truck": "Truck", "dock": "Dock",
		"carrier": "Carrier", "pieces": "Pieces", "boxes": "Boxes", "picker": "Picker", "check": "Check", "page": "Page", "signature": "Received by", "label": "Label", "labelFirst": "from the pick printer: keep it with the tote", "zone": "Zone"},
}

// Languages lists those that the words are there in.
func Languages() []string { return []string{"en", "ja", "ko"} }

// word gives a word in a language; what is no word of this package stands as it is.
func word(language, key string) string {
	if w, ok := words[language][key]; ok {
		return w
	}
	return key
}

// Word gives one of the words in a language, for a value that this package knows.
func Word(language, key string) string { return word(language, key) }

// title is what a kind is called; "" for a kind that is not known.
func title(language string, k Kind) string {
	switch k {
	case PackingSlip, Manifest, PickList:
		return words[language][string(k)]
	}
	return ""
}
