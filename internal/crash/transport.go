package crash

import (
	"net/http"
	"net/http/httptrace"
	"regexp"
)

// Transport has three points on the way of each call of a provider's API: while it
// is being sent, after it has had its effect but before its answer is known, and
// when the answer begins to be read: http.POST /v2/droplets.cut, .sent and .answered.
type Transport struct {
	Next   http.RoundTripper
	Points *Points
}

// RoundTrip makes one call.
func (t Transport) RoundTrip(request *http.Request) (*http.Response, error) {
	name := "http." + request.Method + " " + number.ReplaceAllString(request.URL.Path, "/{id}")
	trace := &httptrace.ClientTrace{
		// Its last bytes are still in this process then.
		WroteRequest: func(done httptrace.WroteRequestInfo) {
			if done.Err == nil {
				t.Points.Pass(name + ".cut")
			}
		},
		// Whoever answers has done what was asked.
		GotFirstResponseByte: func() { t.Points.Pass(name + ".sent") },
	}
	response, err := t.Next.RoundTrip(request.WithContext(httptrace.WithClientTrace(request.Context(), trace)))
	if err == nil {
		t.Points.Pass(name + ".answered")
	}
	return response, err
}

// Private

// number is what names one thing of a kind.
var number = regexp.MustCompile(`/[0-9]+(-[0-9a-f-]+)?$`)
