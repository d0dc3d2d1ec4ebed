package raster

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// beyond are the Kanji of JIS X 0213:2004 that lie outside the basic plane, among
// them those of family names (U+20BB7 of 𠮷野家).
const beyond = "" +
	"𠀋𠂉𠂢𠂤𠆢𠈓𠌫𠍱𠎁𠏹𠑊𠔉𠗖𠘨𠝏𠠇𠠺𠢹𠥼𠦝𠫓𠬝𠮟𠵅𠷡𠹤𠹭𠺕𠽟𡈁𡈽𡉕𡉴𡉻𡋗𡋤𡋽𡌛𡌶𡍄𡏄𡑭𡑮𡗗𡙇𡚴𡜆𡝂𡢽𡧃𡱖𡴭𡵅𡵢𡵸𡶒𡶜𡶡𡶷𡷠𡸳𡸴𡼞𡽶𡿺𢅻𢈘𢌞𢎭𢛳𢡛𢢫𢦏𢪸𢭆𢭏𢭐𢮦𢰝𢰤" +
	"𢷡𣆶𣇃𣇄𣇵𣍲𣏐𣏒𣏓𣏕𣏚𣏟𣏤𣑊𣑋𣑑𣑥𣓤𣕚𣖔𣗄𣘸𣘹𣘺𣙇𣜌𣜜𣜿𣝣𣝤𣟧𣟿𣠤𣠽𣪘𣱿𣳾𣴀𣴎𣵀𣷓𣷹𣷺𣽾𤂖𤄃𤇆𤇾𤎼𤘩𤚥𤟱𤢖𤩍𤭖𤭯𤰖𤴔𤸎𤸷𤹪𤺋𥁊𥁕𥄢𥆩𥇍𥇥𥈞𥉌𥐮𥒎𥓙𥔎𥖧𥝱𥞩𥞴𥧄𥧔" +
	"𥫣𥫤𥫱𥮲𥱋𥱤𥶡𥸮𥹖𥹢𥹥𥻂𥻘𥻨𥼣𥽜𥿔𥿠𥿻𦀌𦀗𦁠𦃭𦉰𦊆𦍌𦐂𦙾𦚰𦜝𦣝𦣪𦥑𦥯𦧝𦨞𦩘𦪌𦪷𦫿𦰩𦱳𦳝𦹀𦹥𦾔𦿶𦿷𦿸𧃴𧄍𧄹𧏚𧏛𧏾𧐐𧑉𧘔𧘕𧘱𧚄𧚓𧜎𧜣𧝒𧦅𧪄𧮳𧮾𧯇𧲸𧶠𧸐𧾷𨂊𨂻𨉷𨊂𨋳𨏍" +
	"𨐌𨑕𨕫𨗈𨗉𨛗𨛺𨥆𨥉𨥫𨦇𨦈𨦺𨦻𨨞𨨩𨩃𨩱𨪙𨫍𨫝𨫤𨯁𨯯𨴐𨵱𨷻𨸟𨸶𨺉𨻫𨼲𨿸𩊠𩊱𩒐𩗏𩙿𩛰𩜙𩝐𩣆𩩲𩷛𩸕𩸽𩹉𩺊𩻄𩻛𩻩𩿎𪀚𪀯𪂂𪃹𪆐𪎌𪐷𪗱𪘂𪘚𪚲"

// TestKanjiOfNames: what the fonts before it lack is in the fifth font, and NFC keeps
// it as it is.
func TestKanjiOfNames(t *testing.T) {
	r := renderer(t)
	if len(r.fonts) < 5 {
		t.Skip("NO FONT WITH RARE KANJI BUILT IN (install fonts-noto-cjk, run tools/fonts.sh)")
	}
	require.Len(t, []rune(beyond), 303)
	for _, c := range beyond + "髙﨑𡈽德濵邉邊齋齊𣘺𥔎栁塚濱嶋嶌舘槗眞逹兔靑淸增瀨渕曻冨桒羗焰鷗嚙" {
		clean, err := Clean(string(c))
		require.NoError(t, err)
		assert.Equal(t, string(c), clean)
		assert.NotEqual(t, -1, has(r, c), "%c U+%04X", c, c)
		line, err := r.Line(clean, 28)
		require.NoError(t, err)
		assert.Greater(t, line.Bitmap.Width*line.Bitmap.Height, 250, "%c has ink", c)
	}
	_, err := r.Line("𠮷野 𡈽屋 髙﨑", 28)
	require.NoError(t, err)
	assert.Less(t, has(r, '吉'), 4, "common Kanji come from the fonts before")
}

// What no font has is refused by its number: no box is drawn.
func TestKanjiThatNoFontHas(t *testing.T) {
	_, err := renderer(t).Line("山\U00030000", 28)
	var e *TextError
	require.ErrorAs(t, err, &e)
	assert.Equal(t, TextError{Code: CodeGlyph, Rune: 0x30000, At: 1}, *e)
}

// Japanese is drawn in one font, kana, Kanji, digits and what a name needs: of one hand
// and weight. A text with kana is Japanese whatever the label.
func TestJapaneseInOneHand(t *testing.T) {
	r := renderer(t)
	if r.japanese == 0 {
		t.Skip("NO JAPANESE FONT BUILT IN (run tools/fonts.sh)")
	}
	for text, known := range map[string]bool{
		"東京都千代田区千代田一丁目1番1号 ハイツ峠 ﾋﾞﾙ 502号室": false, "不在時は宅配ボックスへ": false, "スカイ商店": false, "〒100-0001": true,
		"元払い": false, "髙﨑 斎藤 花子 様": true, "千代田": true, "13-101 ABC xyz": true, "①㈱〜～／（）「」・々〆": true, "a\\b": true,
	} {
		face, err := r.FaceFor(known, text, 28)
		require.NoError(t, err)
		assert.Equal(t, Face(r.japanese), face, text)
		set, err := r.inFace(face, text, 28)
		require.NoError(t, err)
		for _, c := range text {
			assert.True(t, set.get(c).font == r.japanese || neutral(c), "%c of %s", c, text)
		}
	}
	face, err := r.FaceFor(true, "𠮷野", 28) // the rare one from the font cut out of the same
	require.NoError(t, err)
	assert.Equal(t, Face(r.japanese), face)
	for _, known := range []bool{false, true} { // what is Korean is drawn as Korean beside it
		face, err = r.FaceFor(known, "가동 1203호 역삼동 ｶﾞｰﾃﾞﾝ", 28)
		require.NoError(t, err)
		set, err := r.inFace(face, "가동역삼ｶﾝ", 28)
		require.NoError(t, err)
		assert.Equal(t, []int{0, 0, 0, 0, r.japanese}, []int{set.get('가').font, set.get('동').font, set.get('역').font, set.get('삼').font, set.get('ｶ').font})
	}
	beside := "배송메시지: 宅配ボックスへ入れてください。不在時は管理室まで" // the Korean font has the kana, in another weight, and not all of the Kanji
	face, err = r.Face(beside, 28)
	require.NoError(t, err)
	set, err := r.inFace(face, beside, 28)
	require.NoError(t, err)
	for _, c := range beside {
		if kana(c) || kanji(c) {
			assert.Equal(t, r.japanese, set.get(c).font, "%c", c)
		} else if hangul(c) {
			assert.Zero(t, set.get(c).font, "%c", c)
		}
	}
	korean := "서울특별시 강남구 테헤란로 152 1203호 (역삼동, 吉髙﨑 ｶﾞｰﾃﾞﾝ)" // figures and marks are of the hand of its Hangul
	face, err = r.Face(korean, 28)
	require.NoError(t, err)
	set, err = r.inFace(face, korean, 28)
	require.NoError(t, err)
	for _, c := range "서울15203호(,)" {
		assert.Zero(t, set.get(c).font, "%c", c)
	}
	face, err = r.Face("서울 千代田", 28)
	require.NoError(t, err)
	assert.Zero(t, face)
}

func TestErrorsReadWell(t *testing.T) {
	for text, says := range map[string]string{"a😀": "U+1F600, after 1 others: an emoji", "\x1b[2J": "U+001B, after 0 others: a control character",
		"ab\xff": "broken UTF-8", "שלום": "cannot be set"} {
		_, err := Clean(text)
		require.ErrorContains(t, err, says)
	}
}
