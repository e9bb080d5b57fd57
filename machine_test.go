package dictumal_test

import (
	"testing"

	"github.com/dictumal/dictumal"
)

func TestOnlyANameThatWeWouldGiveIsOurs(t *testing.T) {
	const attempt = "01K9X3V7Q8N2M4P6R5S7T9W0YZ"
	for name, ours := range map[string]bool{
		dictumal.MachineName("here", attempt):       true,
		dictumal.MachineName("there", attempt):      false,
		dictumal.MachineName("here-and", attempt):   false,
		"dictumal-here-" + attempt:                  false, // we write in lower case
		"dictumal-here-01k9x3v7q8n2m4p6r5s7t9w0y":   false,
		"dictumal-here-01k9x3v7q8n2m4p6r5s7t9w0yzz": false,
		"dictumal-here-../../../../../../../../x":   false,
		"dictumal-here-ilou-ilou-ilou-ilou-ilou-i":  false,
	} {
		if got, ok := dictumal.ParseMachineName("here", name); ok != ours || ok && got != attempt {
			t.Errorf("%s is ours: %v, want %v (%s)", name, ok, ours, got)
		}
	}
}
