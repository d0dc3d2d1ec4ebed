package zpl

import "sync"

// crcTables holds the remainders of polynomial 0x1021 for a byte with 0 to 7 bytes
// behind it; computed once and never changed.
var crcTables = sync.OnceValue(func() *[8][256]uint16 {
	var t [8][256]uint16
	for i := range 256 {
		crc := uint16(i) << 8
		for range 8 {
			top := crc&0x8000 != 0
			crc <<= 1
			if top {
				crc ^= 0x1021
			}
		}
		t[0][i] = crc
	}
	for n := 1; n < 8; n++ {
		for i := range 256 {
			t[n][i] = t[n-1][i]<<8 ^ t[0][t[n-1][i]>>8]
		}
	}
	return &t
})

// crc16 is CRC-16/XMODEM, eight bytes at a time.
func crc16(s []byte) uint16 {
	t := crcTables()
	var crc uint16
	for len(s) >= 8 {
		crc = t[7][s[0]^byte(crc>>8)] ^ t[6][s[1]^byte(crc)] ^ t[5][s[2]] ^ t[4][s[3]] ^ t[3][s[4]] ^ t[2][s[5]] ^ t[1][s[6]] ^ t[0][s[7]]
		s = s[8:]
	}
	for _, b := range s {
		crc = crc<<8 ^ t[0][byte(crc>>8)^b]
	}
	return crc
}
