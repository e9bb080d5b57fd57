package web

import (
	"testing"
	"time"
)

func TestWords(t *testing.T) {
	for _, test := range []struct{ name, got, want string }{
		{"a stopwatch shows minutes", clock(72 * time.Second), "1:12"},
		{"a stopwatch shows hours", clock(3*time.Hour + 5*time.Second), "3:00:05"},
		{"a stopwatch never runs backwards", clock(-time.Second), "0:00"},
		{"the past is relative", relative(noon.Add(-2*time.Minute), noon), "2 minutes ago"},
		{"the future is relative", relative(noon.Add(3*time.Hour), noon), "in 3 hours"},
		{"this moment is just now", relative(noon.Add(-3*time.Second), noon), "just now"},
		{"what was just ordered for eight hours ends in eight", relative(noon.Add(8*time.Hour-time.Second), noon), "in 8 hours"},
		{"a day and a half is in hours", relative(noon.Add(-36*time.Hour), noon), "36 hours ago"},
		{"an hour's price has three decimals where it must", money(0.01786), "$0.018"},
		{"an hour's price has two decimals where it can", money(0.03), "$0.03"},
		{"a price is never rounded to nothing", money(0.0002), "$0.001"},
		{"an hour's price under a dollar keeps what it has", money(0.125), "$0.125"},
		{"a month's price is in whole dollars where it can", monthly(12), "$12"},
		{"a month's price keeps its cents", monthly(10.5), "$10.50"},
		{"a bound is rounded up", atMost(0.14288), "$0.15"},
		{"a bound that is exact stays", atMost(0.8), "$0.80"},
		{"a large price has cents", money(12.5), "$12.50"},
		{"nothing is nothing", money(0), "$0.00"},
		{"less than a cent is not zero", spent(0.004), "less than $0.01"},
		{"an own host charges nothing", priceWords(0), "no charge"},
		{"memory is in GB", memoryWords(4096), "4 GB"},
		{"half a GB is not lost", memoryWords(1536), "1.5 GB"},
		{"one is singular", count(1, "package"), "1 package"},
		{"browsers are named as people do", browserWords("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"), "Firefox on Linux"},
		{"Edge claims to be Chrome and Safari", browserWords("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/141.0 Safari/537.36 Edg/141.0"), "Edge on Windows"},
		{"an unknown browser is said to be", browserWords(""), "an unknown browser"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.got != test.want {
				t.Errorf("got %q, want %q", test.got, test.want)
			}
		})
	}
}
