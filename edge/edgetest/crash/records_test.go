package crash

import (
	"bytes"
	"fmt"
)

const articles = 40

// gtin is a restricted number with its check digit.
func gtin(n int) string {
	text, sum := fmt.Sprintf("29%010d", n), 0
	for i, c := range text {
		d := int(c - '0')
		if i%2 == 1 {
			d *= 3
		}
		sum += d
	}
	return fmt.Sprintf("%s%d", text, (10-sum%10)%10)
}

// floorRecords is a small site: people, places, articles, a carrier, numbers.
func floorRecords(epoch string) []byte {
	var b bytes.Buffer
	put := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	put(`{"kind":"client","id":"default","name":{"ko":"한강상회"},"sender":{"name":"한강상회","phone":"02-6000-1000","postcode":"22382","address":"인천광역시 중구"},"shipConfirmAt":"truckClosed","shortPolicy":"partShip","goodsText":"count"}`)
	for i := 1; i <= 24; i++ {
		put(`{"kind":"worker","id":"w-%03d","badge":"W-%03d","name":"일꾼 %d","roles":["picker","packer","loader"],"language":"ko"}`, i, i, i)
	}
	put(`{"kind":"toteRange","id":"totes","first":"TOTE-000001","last":"TOTE-900000"}`)
	put(`{"kind":"carrier","id":"cj","name":{"ko":"CJ"},"waybill":{"format":"cj","symbology":"code128"},"template":"korea-100x150","cutoffs":["12:00","23:30"]}`)
	put(`{"kind":"dock","id":"D1","barcode":"DOCK-D1","carrier":"cj"}`)
	put(`{"kind":"waybillRange","id":"cj-%s","carrier":"cj","client":"default","firstSerial":"65000000000","count":900000,"epoch":"%s"}`, epoch, epoch)
	for i := range articles {
		put(`{"kind":"location","id":"A01-%02d","barcode":"LOC-A01-%02d","zone":"A","sequence":%d}`, i, i, i+1)
		put(`{"kind":"sku","id":"S%03d","name":{"ko":"물건 %d","en":"thing %d"},"weightGrams":100,"barcodes":[{"code":"%s","quantity":1}]}`, i, i, i, gtin(i))
	}
	return b.Bytes()
}

// orderRecords are small orders of one to three lines.
func orderRecords(first, n int) []byte {
	var b bytes.Buffer
	for i := first; i < first+n; i++ {
		fmt.Fprintf(&b, `{"kind":"order","id":"O%06d","carrier":"cj","priority":%d,`, i, 1+i%9)
		if i%3 == 0 {
			fmt.Fprintf(&b, `"routing":{"sortCode":"4W44","subCode":"24","branch":"강남","zone":"P01","addressShort":"역삼","version":"1"},"recipient":{"name":"받는이%d","phone":"010-1234-%04d","postcode":"06236","address":"서울특별시 강남구 테헤란로 %d"},`, i, i%10000, i%500)
		}
		b.WriteString(`"lines":[`)
		for l := range 1 + i%3 {
			if l > 0 {
				b.WriteByte(',')
			}
			a := (i*7 + l) % articles
			fmt.Fprintf(&b, `{"id":"%d","sku":"S%03d","quantity":%d,"location":"A01-%02d"}`, l+1, a, 1+(i+l)%3, a)
		}
		b.WriteString("]}\n")
	}
	return b.Bytes()
}
