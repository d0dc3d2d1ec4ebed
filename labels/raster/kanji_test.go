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
