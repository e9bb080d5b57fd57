package rfb

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
)

// The messages of a viewer, byte for byte.
var (
	pixelFormat  = join([]byte{0, 0, 0, 0}, make([]byte, 16))
	encodings    = []byte{2, 0, 0, 2, 0, 0, 0, 7, 0xff, 0xff, 0xff, 0x21}
	pull         = []byte{3, 1, 0, 0, 0, 0, 5, 160, 3, 132}
	key          = []byte{4, 1, 0, 0, 0, 0, 0, 'a'}
	pointer      = []byte{5, 1, 0, 10, 0, 20}
	widePointer  = []byte{5, 0x81, 0, 10, 0, 20, 2}
	text         = []byte{6, 0, 0, 0, 0, 0, 0, 3, 'a', 'b', 'c'}
	caps         = extended(1<<0, 0, 0, 0, 0)
	requestText  = extended(1 << 1)
	peekText     = extended(1 << 2)
	notifyText   = extended(1 << 3)
	provideText  = extended(1<<4, 'z', 'i', 'p')
	continuous   = []byte{150, 1, 0, 0, 0, 0, 5, 160, 3, 132}
	answer       = []byte{248, 0, 0, 0, 0, 0, 0, 1, 3, 'x', 'y', 'z'}
	shutDown     = []byte{250, 0, 1, 2}
	desktopSize  = join([]byte{251, 0, 5, 160, 3, 132, 1, 0}, make([]byte, 16))
	qemuKey      = []byte{255, 0, 0, 1, 0, 0, 0, 'a', 0, 0, 0, 30}
	clientInit   = []byte{1}
	harmless     = join(pixelFormat, encodings, pull, caps, continuous, answer)
	everything   = join(clientInit, harmless, key, pointer, text, notifyText, provideText, requestText, peekText, shutDown, desktopSize, qemuKey)
	all          = Rights{Input: true, Paste: true, Copy: true}
	extendedBits = join(notifyText, provideText)
)

func TestFilter(t *testing.T) {
	for _, test := range []struct {
		name   string
		rights Rights
		in     []byte
		want   []byte
	}{
		{"lets everything known through with all rights", all, everything, everything},
		{"lets additional buttons through with all rights", all, join(clientInit, widePointer, key), join(clientInit, widePointer, key)},
		{"makes every viewer share the desktop", all, []byte{0}, clientInit},
		{"lets only the harmless through without rights", Rights{}, everything, join(clientInit, harmless)},
		{
			"drops what moves the desktop for who may only watch",
			Rights{Paste: true, Copy: true},
			everything,
			join(clientInit, harmless, text, notifyText, provideText, requestText, peekText),
		},
		{
			"drops text for who may not paste",
			Rights{Input: true, Copy: true},
			everything,
			join(clientInit, harmless, key, pointer, requestText, peekText, shutDown, desktopSize, qemuKey),
		},
		{
			"drops questions for text for who may not copy",
			Rights{Input: true, Paste: true},
			everything,
			join(clientInit, harmless, key, pointer, text, extendedBits, shutDown, desktopSize, qemuKey),
		},
		{
			"takes the additional buttons away, behind which a text could hide",
			Rights{Input: true},
			join(clientInit, []byte{5, 0x81, 0, 10, 0, 20, cutText}, pull), join(clientInit, []byte{5, 1, 0, 10, 0, 20}, pull),
		},
		{"knows a text of no bytes", all, join(clientInit, text[:4], []byte{0, 0, 0, 0}, key), join(clientInit, text[:4], []byte{0, 0, 0, 0}, key)},
		{"knows an empty list of encodings", all, join(clientInit, []byte{2, 0, 0, 0}, key), join(clientInit, []byte{2, 0, 0, 0}, key)},
	} {
		t.Run(test.name, func(t *testing.T) {
			for cut := range len(test.in) + 1 {
				filter := NewFilter(test.rights)
				got := feed(t, filter, nil, test.in[:cut])
				got = feed(t, filter, got, test.in[cut:])
				if !bytes.Equal(got, test.want) {
					t.Fatalf("cut at byte %d, it lets through\n% x\nand not\n% x", cut, got, test.want)
				}
			}
			filter, got := NewFilter(test.rights), []byte(nil)
			for i := range test.in {
				got = feed(t, filter, got, test.in[i:i+1])
			}
			if !bytes.Equal(got, test.want) {
				t.Errorf("byte by byte, it lets through\n% x\nand not\n% x", got, test.want)
			}
		})
	}
}

func TestFilterFaults(t *testing.T) {
	for _, test := range []struct {
		name, want string
		in         []byte
	}{
		{"an unknown message", "unknown type 7", []byte{7}},
		{"an unknown QEMU message", "QEMU message of the unknown type 1", []byte{255, 1}},
		{"a text that is too long", "out of bounds", []byte{6, 0, 0, 0, 2, 0, 0, 0}},
		{"an extended text that is too long", "out of bounds", []byte{6, 0, 0, 0, 0x80, 0, 0, 0}},
		{"an extended text without flags", "out of bounds", []byte{6, 0, 0, 0, 0xff, 0xff, 0xff, 0xfd}},
		{"a fence that is too long", "fence of 65 bytes", []byte{248, 0, 0, 0, 0, 0, 0, 0, 65}},
	} {
		t.Run(test.name+" is a fault", func(t *testing.T) {
			got, err := NewFilter(all).Append(nil, join(clientInit, key, test.in))
			fault, ok := errors.AsType[*Error](err)
			if !ok || !strings.Contains(fault.Sentence, test.want) {
				t.Errorf("the error is %v", err)
			}
			if want := join(clientInit, key); !bytes.Equal(got, want) {
				t.Errorf("before the fault, it lets through % x and not % x", got, want)
			}
		})
	}
}

func TestFilterAllocatesNothing(t *testing.T) {
	filter, out := NewFilter(Rights{Input: true}), make([]byte, 0, 2*len(everything))
	if _, err := filter.Append(out, clientInit); err != nil {
		t.Fatal(err)
	}
	allocations := testing.AllocsPerRun(100, func() {
		if _, err := filter.Append(out, everything[1:]); err != nil {
			t.Fatal(err)
		}
	})
	if allocations != 0 {
		t.Errorf("a round of messages costs %v allocations", allocations)
	}
}

// FuzzFilter checks what must hold for any stream: where it is cut does not
// matter, nothing is invented, what has passed would pass again, and a server reads
// in it no message but those that the viewer has a right to.
func FuzzFilter(f *testing.F) {
	f.Add(everything, 7, true, true, true)
	f.Add(everything, 20, false, false, false)
	f.Add(join(clientInit, widePointer, text), 3, true, false, true)
	f.Fuzz(func(t *testing.T, stream []byte, cut int, input, paste, mayCopy bool) {
		rights := Rights{input, paste, mayCopy}
		whole, wholeErr := NewFilter(rights).Append(nil, stream)
		cut = min(max(cut, 0), len(stream))
		filter := NewFilter(rights)
		pieces, err := filter.Append(nil, stream[:cut])
		if err == nil {
			pieces, err = filter.Append(pieces, stream[cut:])
		}
		if !bytes.Equal(whole, pieces) || (err == nil) != (wholeErr == nil) {
			t.Errorf("whole it lets through % x (%v), cut at %d % x (%v)", whole, wholeErr, cut, pieces, err)
		}
		if len(whole) > len(stream) {
			t.Errorf("it makes %d bytes of %d", len(whole), len(stream))
		}
		for _, m := range messages(t, whole) {
			if needed := m.needs(); needed.Input && !input || needed.Paste && !paste || needed.Copy && !mayCopy {
				t.Errorf("with %+v a message of the type %d has passed: % x", rights, m.kind, whole)
			}
		}
		if again, err := NewFilter(rights).Append(nil, whole); err != nil || !bytes.Equal(again, whole[:len(again)]) {
			t.Errorf("what has passed does not pass again: % x became % x (%v)", whole, again, err)
		}
	})
}

func BenchmarkFilter(b *testing.B) {
	filter, out := NewFilter(all), make([]byte, 0, 2*len(everything))
	b.SetBytes(int64(len(everything)))
	for b.Loop() {
		if _, err := filter.Append(out, everything); err != nil {
			b.Fatal(err)
		}
		filter.begun = false
	}
}

func feed(t *testing.T, filter *Filter, dst, src []byte) []byte {
	t.Helper()
	dst, err := filter.Append(dst, src)
	if err != nil {
		t.Fatal(err)
	}
	return dst
}

func join(messages ...[]byte) []byte { return slices.Concat(messages...) }

// extended makes an extended clipboard message of UTF-8 text.
func extended(action byte, body ...byte) []byte {
	return join([]byte{6, 0, 0, 0, 0xff, 0xff, 0xff, byte(-4 - len(body)), action, 0, 0, 1}, body)
}
