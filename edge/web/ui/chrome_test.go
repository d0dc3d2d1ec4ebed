package ui

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tab is a page of a headless Chromium.
type tab struct {
	t    testing.TB
	ctx  context.Context
	url  string
	dir  string // where pictures go; "": nobody looks
	mu   sync.Mutex
	said []string // errors of the console, policy violations too
}

// chrome is the one browser of this package's tests: each test has a window of its
// own in it, that shares nothing with another's, as private windows do.
var chrome struct {
	once sync.Once
	ctx  context.Context
	stop func()
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if chrome.stop != nil {
		chrome.stop()
	}
	os.Exit(code)
}

func startChrome(path string) {
	dir, err := os.MkdirTemp("", "ui-chrome-")
	if err != nil {
		chrome.err = err
		return
	}
	alloc, end := chromedp.NewExecAllocator(context.Background(), chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.Headless, chromedp.UserDataDir(dir), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("mute-audio", true), chromedp.Flag("lang", "ko"))
	ctx, cancel := chromedp.NewContext(alloc)
	chrome.ctx, chrome.err = ctx, chromedp.Do(ctx)
	chrome.stop = func() { cancel(); end(); _ = os.RemoveAll(dir) }
}

// open opens a window at one size. UI_SHOTS names a folder to keep the pictures in.
func open(t testing.TB, url string, width, height int64) *tab {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		t.Skip("NO BROWSER: chromium is not installed (make setup-test); the pages are not tested")
	}
	if _, err := os.Stat(filepath.Join("dist", "floor.js")); err != nil {
		t.Skip("NO BUNDLE: run make web; the pages are not tested")
	}
	chrome.once.Do(func() { startChrome(path) })
	require.NoError(t, chrome.err)
	b := &tab{t: t, url: url, dir: os.Getenv("UI_SHOTS")}
	ctx, cancel := chromedp.NewContext(chrome.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(b.hear))
	ctx, timeout := context.WithTimeout(ctx, 3*time.Minute)
	b.ctx = ctx
	t.Cleanup(func() { timeout(); cancel() })
	b.do(chromedp.EmulateViewport(width, height))
	return b
}

// leadPage opens a page and logs the lead in there, with badge and PIN.
func leadPage(t testing.TB, url, page string, width, height int64) *tab {
	t.Helper()
	b := open(t, url, width, height)
	b.goTo(page)
	b.wait("document.documentElement.getAttribute('data-phase') === 'login'")
	b.scan("LEAD-1")
	b.wait("document.querySelector('#pin')")
	b.scan("4711")
	b.wait("document.documentElement.getAttribute('data-phase') === 'work'")
	return b
}

func (b *tab) hear(ev any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := ev.(type) {
	case *log.EventEntryAdded:
		// A refused login and a line that was cut on purpose are logged as errors of the network.
		if e.Entry.Level == log.EntryLevelError && e.Entry.Source != log.EntrySourceNetwork && !strings.Contains(e.Entry.Text, "WebSocket") {
			b.said = append(b.said, e.Entry.Text)
		}
	case *runtime.EventExceptionThrown:
		b.said = append(b.said, fmt.Sprintf("%+v", *e.ExceptionDetails))
	}
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	require.NoError(b.t, chromedp.Do(b.ctx, steps...))
}

func (b *tab) goTo(path string) { b.t.Helper(); b.do(chromedp.Navigate(b.url + path)) }

// wait waits until an expression of the page is true.
func (b *tab) wait(expression string) {
	b.t.Helper()
	// Asked anew each time: a navigation takes the page's context away.
	tick, late := time.NewTicker(20*time.Millisecond), time.After(30*time.Second)
	defer tick.Stop()
	for {
		ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		if err == nil && ok {
			return
		}
		select {
		case <-tick.C:
			continue
		case <-late:
		}
		b.shot("failed")
		body, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string]("document.body.innerText"))
		require.FailNow(b.t, "waited too long", "for %s (%v); the page says:\n%s", expression, err, body)
	}
}

func (b *tab) text(selector string) string {
	b.t.Helper()
	s, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](fmt.Sprintf("(document.querySelector(%q)||{innerText:''}).innerText", selector)))
	require.NoError(b.t, err)
	return strings.Join(strings.Fields(s), " ")
}

func (b *tab) number(expression string) int {
	b.t.Helper()
	n, err := chromedp.Run(b.ctx, chromedp.Evaluate[int](expression))
	require.NoError(b.t, err)
	return n
}

func (b *tab) click(selector string) {
	b.t.Helper()
	b.wait(fmt.Sprintf("document.querySelector(%q) && !document.querySelector(%q).disabled", selector, selector))
	b.do(chromedp.Click(chromedp.CSS(selector)))
}

// shot keeps a picture for people to look at. No test judges one: where nobody
// looks, drawing it would only take the browser's time.
func (b *tab) shot(name string) {
	b.t.Helper()
	if b.dir == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	require.NoError(b.t, err)
	require.NoError(b.t, os.WriteFile(filepath.Join(b.dir, name+".png"), png, 0o644))
}

func (b *tab) media(features ...*emulation.MediaFeature) {
	b.t.Helper()
	_, err := chromedp.Run(b.ctx, func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
		return chromedp.Void{}, err
	})
	require.NoError(b.t, err)
}

// key is one key as a scanner presses it: by its place. Under an input method
// the page is told "Process" and key code 229, as Chrome tells it.
type key struct {
	code  string
	shift bool
	ctrl  bool
}

// keysOf spells a code on the US layout that scanners emulate.
func keysOf(t testing.TB, text string) []key {
	var out []key
	for _, r := range text {
		switch {
		case r >= 'A' && r <= 'Z':
			out = append(out, key{"Key" + string(r), true, false})
		case r >= 'a' && r <= 'z':
			out = append(out, key{"Key" + strings.ToUpper(string(r)), false, false})
		case r >= '0' && r <= '9':
			out = append(out, key{"Digit" + string(r), false, false})
		case r == '-':
			out = append(out, key{"Minus", false, false})
		case r == '(':
			out = append(out, key{"Digit9", true, false})
		case r == 0x1d:
			out = append(out, key{"BracketRight", false, true})
		default:
			require.Failf(t, "keysOf", "no key for %q", r)
		}
	}
	return append(out, key{"Enter", false, false})
}

// press sends raw key events, without text of their own.
func (b *tab) press(keys []key, ime bool) {
	b.t.Helper()
	_, err := chromedp.Run(b.ctx, func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		for _, k := range keys {
			p := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeRawKeyDown, Code: k.code, Key: k.code, WindowsVirtualKeyCode: 65}
			switch {
			case k.code == "Enter":
				p.Key, p.WindowsVirtualKeyCode = "Enter", 13
			case ime:
				p.Key, p.WindowsVirtualKeyCode = "Process", 229
			}
			if k.shift {
				p.Modifiers = 8
			}
			if k.ctrl {
				p.Modifiers |= 2
			}
			if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, p); err != nil {
				return chromedp.Void{}, err
			}
			p.Type = input.DispatchKeyEventTypeKeyUp
			if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, p); err != nil {
				return chromedp.Void{}, err
			}
		}
		return chromedp.Void{}, nil
	})
	require.NoError(b.t, err)
}

func (b *tab) scan(code string) { b.t.Helper(); b.press(keysOf(b.t, code), false) }

// sound asserts what holds for every picture: no sideways scroll, no text that
// is cut off in a button, nothing said in the console.
func (b *tab) sound(where string) {
	b.t.Helper()
	assert.LessOrEqual(b.t, b.number("[].slice.call(document.querySelectorAll('html, main, .sheet, .left, .drawer')).reduce(function(n,e){return Math.max(n, e.scrollWidth - e.clientWidth)}, 0)"), 0, "%s scrolls sideways", where)
	cut, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](`[].slice.call(document.querySelectorAll("button, .big, th, .done, .top .who"))
		.filter(function(e){return e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 && !e.classList.contains("seg")}).map(function(e){return e.innerText})`))
	require.NoError(b.t, err)
	assert.Empty(b.t, cut, "%s: text is cut off", where)
	b.mu.Lock()
	defer b.mu.Unlock()
	assert.Empty(b.t, b.said, where)
}
