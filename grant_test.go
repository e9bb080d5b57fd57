package dictumal_test

import (
	"testing"

	"github.com/dictumal/dictumal"
)

func TestAGrantGivesNoMoreThanTheConstitution(t *testing.T) {
	controls := []dictumal.Control{dictumal.ControlFull, dictumal.ControlViewOnly, ""}
	clipboards := []dictumal.Clipboard{dictumal.ClipboardNone, dictumal.ClipboardCopy, dictumal.ClipboardPaste, dictumal.ClipboardBoth}
	for _, given := range controls {
		for _, control := range controls {
			for _, clipboard := range clipboards {
				law := dictumal.StreamPolicy{Control: control, Clipboard: clipboard}
				got := dictumal.Grant{Control: given}.Within(law)
				looks := given != dictumal.ControlFull
				switch {
				case got.Control == dictumal.ControlFull && (looks || control != dictumal.ControlFull):
					t.Errorf("%q within %+v may touch the desktop", given, law)
				case got.Clipboard.MayPaste() && (looks || !clipboard.MayPaste()):
					t.Errorf("%q within %+v may paste", given, law)
				case got.Clipboard.MayCopy() != clipboard.MayCopy():
					t.Errorf("%q within %+v may copy: %v", given, law, got.Clipboard.MayCopy())
				}
			}
		}
	}
}
