package gs1

import "strings"

// coupon walks over the digits of a North American coupon code (GS1 US, North
// American Coupon Application Guideline). The first fault stops it.
type coupon struct {
	s     string
	at    int
	code  string
	where [2]int
}

func (c *coupon) fail(code string, at, n int) {
	if c.code == "" {
		c.code, c.where = code, [2]int{at, n}
	}
}

// digit takes one digit out of allowed. missing and invalid are the codes.
func (c *coupon) digit(allowed, missing, invalid string) byte {
	if c.code != "" {
		return 0
	}
	if c.at == len(c.s) {
		c.fail(missing, 0, len(c.s))
		return 0
	}
	d := c.s[c.at]
	if strings.IndexByte(allowed, d) < 0 {
		c.fail(invalid, c.at, 1)
		return 0
	}
	c.at++
	return d
}

// take takes n digits. Where none are left the whole is marked, else what is left.
func (c *coupon) take(n int, truncated string) string {
	if c.code != "" {
		return ""
	}
	if len(c.s)-c.at < n {
		if c.at == len(c.s) {
			c.fail(truncated, 0, len(c.s))
		} else {
			c.fail(truncated, c.at, len(c.s)-c.at)
		}
		return ""
	}
	v := c.s[c.at : c.at+n]
	c.at += n
	return v
}

// counted takes a length digit out of allowed and the digits it counts, plus extra.
func (c *coupon) counted(allowed string, extra int, missing, invalid, truncated string) string {
	d := c.digit(allowed, missing, invalid)
	if c.code != "" {
		return ""
	}
	return c.take(int(d-'0')+extra, truncated)
}

// company takes a company prefix with its length digit; 9 says that there is none.
func (c *coupon) company(allowed, name string) {
	d := c.digit(allowed, "couponMissing"+name+"Vli", "couponInvalid"+name+"Length")
	if c.code != "" || d == '9' {
		return
	}
	start := c.at
	v := c.take(int(d-'0')+6, "couponTruncated"+name)
	if c.code == "" {
		if code, _, _ := gcpPos1(v); code != "" {
			c.fail(code, start, len(v))
		}
	}
}

// purchase takes a requirement, its code and the family code. nth is 1st, 2nd, 3rd.
func (c *coupon) purchase(nth string) {
	c.counted("12345", 0, "couponMissing"+nth+"PurchaseRequirementVli", "couponInvalid"+nth+"PurchaseRequirementLength",
		"couponTruncated"+nth+"PurchaseRequirement")
	c.digit("012349", "couponMissing"+nth+"PurchaseRequirementCode", "couponInvalid"+nth+"PurchaseRequirementCode")
	c.take(3, "couponTruncated"+nth+"PurchaseFamilyCode")
}

// option takes the digit that begins an optional field, where it stands there.
func (c *coupon) option(d byte) bool {
	if c.code != "" || c.at == len(c.s) || c.s[c.at] != d {
		return false
	}
	c.at++
	return true
}

func (c *coupon) result() (string, int, int) {
	if c.code == "" && c.at != len(c.s) {
		c.fail("couponExcessData", c.at, len(c.s)-c.at)
	}
	return c.code, c.where[0], c.where[1]
}

func couponCode(s string) (string, int, int) {
	if code, at, n := csetNumeric(s); code != "" {
		return code, at, n
	}
	c := &coupon{s: s}
	c.company("0123456", "Gcp")
	c.take(6, "couponTruncatedOfferCode")
	c.counted("12345", 0, "couponMissingSaveValueVli", "couponInvalidSaveValueLength", "couponTruncatedSaveValue")
	c.purchase("1st")
	if c.option('1') {
		c.digit("0123", "couponMissingAdditionalPurchaseRulesCode", "couponInvalidAdditionalPurchaseRulesCode")
		c.purchase("2nd")
		c.company("01234569", "2ndPurchaseGcp")
	}
	if c.option('2') {
		c.purchase("3rd")
		c.company("01234569", "3rdPurchaseGcp")
	}
	c.dates()
	if c.option('5') {
		c.counted("0123456789", 6, "couponMissingSerialNumberVli", "", "couponTruncatedSerialNumber")
	}
	if c.option('6') {
		c.company("1234567", "RetailerGcpOrGln")
	}
	if c.option('9') {
		c.digit("01256", "couponMissingSaveValueCode", "couponInvalidSaveValueCode")
		c.digit("012", "couponMissingSaveValueAppliesToItem", "couponInvalidSaveValueAppliesToItem")
		c.digit("0123456789", "couponMissingStoreCouponFlag", "")
		c.digit("01", "couponMissingDontMultiplyFlag", "couponInvalidDontMultiplyFlag")
	}
	return c.result()
}

// dates takes the fields 3 and 4: last and first day.
func (c *coupon) dates() {
	last := ""
	if c.option('3') {
		last = c.take(6, "couponTooShortForExpirationDate")
		if code, _, _ := yymmdd(last); c.code == "" && code != "" {
			c.fail("couponInvalidExipirationDate", c.at-6, 6) // spelt as the dictionary spells it
		}
	}
	if c.option('4') {
		first := c.take(6, "couponTooShortForStartDate")
		if code, _, _ := yymmdd(first); c.code == "" && code != "" {
			c.fail("couponInvalidStartDate", c.at-6, 6)
		}
		if c.code == "" && last != "" && first > last {
			c.fail("couponExpirationBeforeStart", c.at-14, 14)
		}
	}
}

func couponPositiveOffer(s string) (string, int, int) {
	if code, at, n := csetNumeric(s); code != "" {
		return code, at, n
	}
	c := &coupon{s: s}
	c.digit("01", "couponMissingFormatCode", "couponInvalidFormatCode")
	c.company("0123456", "Funder")
	c.take(6, "couponTruncatedOfferCode")
	c.counted("0123456789", 6, "couponMissingSerialNumberVli", "", "couponTruncatedSerialNumber")
	return c.result()
}
