package floor

import "dcedge/labels/waybill"

// numbers are the rules of the carriers' numbers: the site's, else the built-in
// ones.
func (v *View) numbers() *waybill.Rules {
	if v.Numbers != nil {
		return v.Numbers
	}
	return waybill.Standard()
}
