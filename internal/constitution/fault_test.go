package constitution_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/constitution"
)

type faultCase struct {
	name         string
	document     string
	line, column int
	message      string // a part of the sentence
}

func TestEachFaultHasItsPlaceAndASentence(t *testing.T) {
	for _, test := range faultCases() {
		t.Run(test.name, func(t *testing.T) {
			_, err := constitution.Parse(test.document)
			refused, ok := errors.AsType[*dictumal.Error](err)
			if !ok {
				t.Fatalf("it was not refused: %v", err)
			}
			if len(refused.Faults) != 1 {
				t.Fatalf("faults are %+v, want one", refused.Faults)
			}
			fault := refused.Faults[0]
			if fault.Line != test.line || fault.Column != test.column {
				t.Errorf("place is %d:%d, want %d:%d", fault.Line, fault.Column, test.line, test.column)
			}
			if !strings.Contains(fault.Message, test.message) {
				t.Errorf("message %q does not hold %q", fault.Message, test.message)
			}
		})
	}
}

func faultCases() []faultCase {
	cases := append(documentFaults(), yamlFaults()...)
	for _, clause := range clauseFaults() {
		clause.document = "---\n" + clause.document + "\n---\n# X\n"
		cases = append(cases, clause)
	}
	return cases
}

func documentFaults() []faultCase {
	return []faultCase{
		{"a document that is too long", "---\n---\n# X\n" + strings.Repeat("x", 20<<10), 0, 0, "has 20493 bytes and may have 20480; shorten it"},
		{"a byte that is not UTF-8", "---\n---\n# X\nab\xffc\n", 4, 3, "not UTF-8"},
		{"a NUL byte", "---\n---\n# X\na\x00c\n", 4, 2, "NUL"},
		{"a byte order mark", "\ufeff---\n---\n# X\n", 1, 1, "byte order mark"},
		{"front matter that never ends", "---\ntitle: x\n\n# X\n", 1, 1, "never ends"},
		{"front matter after an empty line", "\n---\ntitle: x\n---\n", 2, 1, "must begin on the first line"},
		{"front matter without its first fence", "title: x\n---\n# X\n", 1, 1, "must begin on the first line"},
		{"no title anywhere", "---\n---\ntext\n", 1, 1, "begin the body with a heading"},
		{"a first heading that would command a terminal", "# X\x1b]0;Y\x07\n", 1, 1, "characters that are no text"},
		{"a first heading that is too long", "# " + strings.Repeat("x", 121), 1, 1, "write a shorter title"},
	}
}

func yamlFaults() []faultCase {
	return []faultCase{
		{"YAML that is broken", "---\ntitle: x\nmachine: [a\n---\n# X\n", 3, 10, "not valid YAML"},
		{"an anchor", "---\ntitle: &x y\n---\n", 2, 8, "Anchors (&)"},
		{"an alias", "---\nsoftware:\n  packages: *x\n---\n# X\n", 3, 13, "Aliases (*)"},
		{"a tag", "---\ntitle: !!str x\n---\n", 2, 8, "Tags (!)"},
		{"a merge key", "---\ntitle: x\n<<: {title: y}\n---\n", 3, 1, "Merge keys (<<)"},
		{"an explicit key", "---\n? title\n: x\n---\n", 2, 1, "Explicit keys (?)"},
		{"a second document", "---\ntitle: x\n--- {title: y}\n---\n", 3, 1, "second YAML document"},
		{"a list", "---\n- title\n---\n# X\n", 2, 1, "must be clauses"},
		{"a word", "---\ntitle\n---\n# X\n", 2, 1, "must be clauses"},
	}
}

func clauseFaults() []faultCase {
	return []faultCase{
		{"an unknown field with a neighbour", "machine:\n  sise: x", 3, 3, "machine.sise: there is no such clause; did you mean machine.size?"},
		{"an unknown field that belongs elsewhere", "packages: [x]", 2, 1, "did you mean software.packages?"},
		{"an unknown field like no other", "nonsense: 1", 2, 1, "write title, machine, software"},
		{"a field that is written twice", "machine:\n  size: a\n  size: b", 4, 3, "machine.size: it is written twice"},
		{"a clause that is written twice", "machine: {}\ntitle: x\nmachine: {}", 4, 1, "machine: it is written twice"},
		{"a clause that is a word", "machine: big", 2, 10, "machine: it must hold clauses"},
		{"a title that is a number", "title: 2026", 2, 8, "2026 must be text; put it in quotes"},
		{"a title that is empty", "title: ''", 2, 8, "title: it is empty"},
		{"a title without a value", "title:", 2, 8, "title: it has no value"},
		{"a title that is a list", "title: [a]", 2, 8, "title: it must be text"},
		{"a title that is too long", "title: " + strings.Repeat("é", 121), 2, 8, "it has 121 characters and may have 120"},
		{"a title of two lines", "title: |\n  a\n  b", 2, 8, "one line of plain text"},
		{"a region that is no slug", "machine: {region: Frankfurt/1}", 2, 19, "not a name of the catalog"},
		{"a resolution in words", "machine: {resolution: large}", 2, 23, "like 1440x900"},
		{"a resolution that is too small", "machine: {resolution: 320x200}", 2, 23, "640x480 to 3840x2160"},
		{"a resolution that is too large", "machine: {resolution: 3841x2160}", 2, 23, "640x480 to 3840x2160"},
		{"a package that apt would remove", "software:\n  packages:\n    - vim\n    - mousepad-", 5, 7, "software.packages[1]:"},
		{"a package that is an option", "software: {packages: ['--purge']}", 2, 23, "is not the name of a package"},
		{"a package with a version", "software: {packages: [vim=9]}", 2, 23, "is not the name of a package"},
		{"a package twice", "software: {packages: [vim, vim]}", 2, 28, "listed twice"},
		{"packages that are one word", "software: {packages: vim}", 2, 22, "must be a list"},
		{"too many packages", "software: {packages: [" + strings.Repeat("vim,", 201) + "]}", 2, 22, "it lists 201 packages and may list 200"},
		{"a quote that is not closed", "software:\n  autostart:\n    - xterm -e 'ls", 4, 7, "not closed"},
		{"a pipe without a shell", "software:\n  autostart:\n    - ls | wc", 4, 7, "no shell runs it"},
		{"a command of two lines", "software:\n  autostart:\n    - |\n      a\n      b", 4, 7, "one line"},
		{"an empty command", "software:\n  autostart: ['']", 3, 15, "it is empty"},
		{"a file outside the home folder", "software:\n  files: [{path: /etc/x, content: y}]", 3, 18, "begin it with ~/, or grant privileges.sudo"},
		{"a file that climbs out", "software:\n  files: [{path: ~/../x, content: y}]", 3, 18, "without .."},
		{"a file that is a folder", "software:\n  files: [{path: ~/x/, content: y}]", 3, 18, "not the plain path"},
		{"a file over the constitution", "privileges: {sudo: true}\nsoftware:\n  files: [{path: /etc/dictumal/constitution.md, content: y}]", 4, 18, "belongs to the machine"},
		{"a relative file with sudo", "privileges: {sudo: true}\nsoftware:\n  files: [{path: x/y, content: y}]", 4, 18, "begin it with ~/ or /"},
		{"a file without a path", "software:\n  files:\n    - content: x", 4, 7, "a file needs a path"},
		{"a file without content", "software:\n  files:\n    - path: ~/x", 4, 7, "a file needs content"},
		{"a file twice", "software:\n  files: [{path: ~/x, content: y}, {path: ~/x, content: z}]", 3, 43, "written twice"},
		{"a file that is null", "software:\n  files: [~]", 3, 11, "it is empty"},
		{"a file with NUL", "software:\n  files: [{path: ~/x, content: \"\\0\"}]", 3, 32, "NUL"},
		{"a lifetime without a unit", "lifetime: {ttl: 8}", 2, 17, "like 8h, 90m or 1h30m"},
		{"a lifetime that is too long", "lifetime: {ttl: 25h}", 2, 17, "from 5m to 24h"},
		{"a lifetime that is too short", "lifetime: {ttl: 4m59s}", 2, 17, "from 5m to 24h"},
		{"an idle time", "lifetime: {idle: 30m}", 2, 18, "lifetime.idle: 30m is not enforced by this version"},
		{"a budget in another currency", "lifetime: {budget: 5 EUR}", 2, 20, "lifetime.budget: 5 EUR is not an amount in USD; write one like 5 or 7.50, or none."},
		{"a budget of half a cent", "lifetime: {budget: 5.125}", 2, 20, "not an amount in USD"},
		{"a budget as engineers write it", "lifetime: {budget: 1e3}", 2, 20, "not an amount in USD"},
		{"a budget below nothing", "lifetime: {budget: -1}", 2, 20, "not an amount in USD"},
		{"a budget of nothing", "lifetime: {budget: 0.00}", 2, 20, "lifetime.budget: 0.00 is out of bounds; write something from 0.01 to 10000, or none."},
		{"a budget beyond all bounds", "lifetime: {budget: 10001}", 2, 20, "from 0.01 to 10000"},
		{"a budget without a value", "lifetime: {budget: }", 2, 19, "it has no value"},
		{"egress by list", "network: {egress: allowlist}", 2, 19, "network.egress: allowlist is not enforced by this version"},
		{"no egress", "network: {egress: none}", 2, 19, "network.egress: none is not enforced by this version"},
		{"unknown egress", "network: {egress: closed}", 2, 19, `"closed" is not known; write open, allowlist or none`},
		{"a list of hosts", "network: {allow: [example.org]}", 2, 18, "network.allow: a list of hosts is not enforced by this version"},
		{"unknown control", "stream: {control: some}", 2, 19, "write full or view-only"},
		{"unknown clipboard", "stream: {clipboard: true}", 2, 21, "write both, none, copy or paste"},
		{"sudo in other words", "privileges: {sudo: yes}", 2, 20, "must be true or false"},
	}
}
