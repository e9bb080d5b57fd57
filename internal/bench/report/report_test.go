package main

import (
	"strings"
	"testing"
)

// output is what go test -v prints; a row comes after the place in the source.
const output = `=== RUN   TestBenchStart
    row_test.go:63: 
        | server start | 9.0 ms | 3.0 ms | 3.00 | at most 4 | ` + "`go test -run TestBenchStart`" + ` |
    row_test.go:75: 
        remark TestBenchStart: ours 9.0 ms; theirs: 3.0 ms
    bench_test.go:64: 
        | viewers | 130.0 MiB more than the 9 MiB at rest | | | under 128 MiB | ` + "`go test`" + ` |
    calls_test.go:19: 
        | calls | 2283 | | | at most 2500 | ` + "`go test`" + ` |
        | calls of nobody | 101 | | |  | ` + "`go test`" + ` |
        remark TestBenchCalls: calls: 999 GET /v2/droplets/{id}
    launch_test.go:66: 
        | launches a second | 900 | 1800 | 0.50 | at least 0.25 | ` + "`go test`" + ` |
        remark TestBenchLaunch: by turns
        remark TestBenchGuacamole: taken off for the pull
--- PASS: TestBenchStart (0.1s)
`

func TestThePageHoldsEveryRowAndRemark(t *testing.T) {
	found, err := read(strings.NewReader(output))
	if err != nil {
		t.Fatal(err)
	}
	var made strings.Builder
	if err := write(&made, page{Host: host{Date: "2026-01-02", Cores: 2}, Rows: found.rows, Remarks: found.remarks}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| server start | 9.0 ms | 3.0 ms | 3.00 | at most 4 | yes | `go test -run TestBenchStart` |\n",
		"| viewers | 130.0 MiB more than the 9 MiB at rest |  |  | under 128 MiB | **no** | `go test` |\n",
		"\n- ours 9.0 ms; theirs: 3.0 ms\n",
		"| calls | 2283 |  |  | at most 2500 | yes | `go test` |\n",
		"| calls of nobody | 101 |  |  |  | no bar | `go test` |\n",
		"| launches a second | 900 | 1800 | 0.50 | at least 0.25 | yes | `go test` |\n",
		"\n- calls: 999 GET /v2/droplets/{id}\n",
		"\n- by turns\n",
		"\n- taken off for the pull\n",
		"Measured on 2026-01-02 on 2 cores",
	} {
		if !strings.Contains(made.String(), want) {
			t.Errorf("the page does not hold %q:\n%s", want, made.String())
		}
	}
}

func TestABarIsOnTheRatioWhereThereIsOne(t *testing.T) {
	tests := map[string]struct {
		row  row
		want string
	}{
		"a ratio at its bar is within it":          {row{Ours: "9 s", Ratio: "2.00", Bar: "at most 2.0"}, "yes"},
		"a ratio above its bar is not":             {row{Ours: "1 s", Ratio: "2.01", Bar: "at most 2.0"}, "**no**"},
		"a ratio that should be large and is":      {row{Ratio: "1.30", Bar: "at least 1.25"}, "yes"},
		"a ratio that should be large and is not":  {row{Ratio: "1.20", Bar: "at least 1.25"}, "**no**"},
		"a figure without a ratio":                 {row{Ours: "22.2 MB", Bar: "at most 40 MB"}, "yes"},
		"a figure that should be under its bar":    {row{Ours: "128 MiB more", Bar: "under 128 MiB"}, "**no**"},
		"a figure that should be above its bar":    {row{Ours: "0.1 ms", Bar: "above 0"}, "yes"},
		"a figure that is not":                     {row{Ours: "-0.5 ms", Bar: "above 0"}, "**no**"},
		"a figure that ends a sentence is no less": {row{Ours: "about 3.", Bar: "at most 3"}, "yes"},
		"nothing measured":                         {row{Bar: "at most 3"}, "not measured"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := test.row.Met(); got != test.want {
				t.Errorf("met: %s, want %s", got, test.want)
			}
		})
	}
}
