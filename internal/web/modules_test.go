package web

import (
	"slices"
	"testing"
	"testing/fstest"
)

func TestTheViewersPageAsksForEveryScriptAtOnce(t *testing.T) {
	folder := fstest.MapFS{
		"viewer.js":          {Data: []byte("import { Keys } from './viewer/keys.js';\n// not from './this.js'\n")},
		"viewer/keys.js":     {Data: []byte("import {\n  send,\n} from '../send.js';\n")},
		"novnc/core/rfb.js":  {Data: []byte(`import Display from "./display.js";` + "\n" + `export * from "../../send.js";`)},
		"send.js":            {Data: []byte("import { Keys } from './viewer/keys.js';\n")},
		"novnc/unrelated.js": {},
	}
	want := []string{
		"viewer.js", "novnc/core/rfb.js", "novnc/core/input/keysymdef.js", "viewer/keys.js", "novnc/core/display.js", "send.js",
	}
	if got := viewerModules(folder); !slices.Equal(got, want) {
		t.Errorf("modules = %v, want %v", got, want)
	}
}
