package gs1

// Date reads a YYMMDD value. thisYear sets the century: a year 51 or more ahead lies in
// the century before, one 50 or more behind in the next (General Specifications,
// section 7.12). Day 00 is the last day of the month; zeroDay says that it stood so,
// for rules that forbid it (regulated healthcare items from 2025).
//
// Errors: [*Error] with the code of the content check.
func Date(value string, thisYear int) (year, month, day int, zeroDay bool, err error) {
	if code, at, n := yymmd0(value); code != "" {
		return 0, 0, 0, false, &Error{Code: code, At: at, Len: n, Detail: "no date"}
	}
	yy, _ := number(value[:2])
	month, _ = number(value[2:4])
	day, _ = number(value[4:])
	century := thisYear - thisYear%100
	switch diff := yy - thisYear%100; {
	case diff >= 51:
		century -= 100
	case diff <= -50:
		century += 100
	}
	year = century + yy
	if day == 0 {
		return year, month, daysIn(year, month), true, nil
	}
	if day > daysIn(year, month) {
		return 0, 0, 0, false, &Error{Code: "illegalDay", At: 4, Len: 2, Detail: "no such day in that year"}
	}
	return year, month, day, false, nil
}
