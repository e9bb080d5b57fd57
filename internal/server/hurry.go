package server

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/dictumal/dictumal"
)

// Private

// hurry ends requests that are sent, or answers that are taken, slower than anybody
// would who wants them. Streams set deadlines of their own.
func (s *Server) hurry(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if lines(r.Header) > s.limits.headers {
			s.refuseHeader(w, r)
			return
		}
		paced := &pacedAnswer{ResponseWriter: w, control: http.NewResponseController(w), patience: s.limits.answer}
		if r.ContentLength != 0 {
			r.Body = pacedBody{r.Body, paced.control}
			_ = paced.control.SetReadDeadline(time.Now().Add(s.limits.body)) // a test's recorder has none
		}
		next.ServeHTTP(paced, r)
		paced.await() // for what is not written yet
	})
}

// refuseHeader stands apart, as whatever is not needed by those who stay: they keep the
// stack that they once needed.
func (s *Server) refuseHeader(w http.ResponseWriter, r *http.Request) {
	s.Fail(w, r, dictumal.NewError(dictumal.CodeMalformed, fmt.Sprintf(
		"This request has %d headers, more than the %d that are read; send fewer.", lines(r.Header), s.limits.headers)))
}

func lines(header http.Header) (sum int) {
	for _, values := range header {
		sum += len(values)
	}
	return sum
}

// pacedBody has a deadline until it ends. What waits behind it is the next request,
// or the news that nobody waits for an answer.
type pacedBody struct {
	io.ReadCloser
	control *http.ResponseController
}

func (b pacedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		_ = b.control.SetReadDeadline(time.Time{})
	}
	return n, err
}

// pacedAnswer has a deadline for each piece. HTTP/2 ends a stream at its deadline even
// while nothing is written, so that streams of events are left to their own.
type pacedAnswer struct {
	http.ResponseWriter
	control  *http.ResponseController
	patience time.Duration
}

func (a *pacedAnswer) WriteHeader(code int) {
	if code >= http.StatusOK {
		a.await()
	}
	a.ResponseWriter.WriteHeader(code)
}

func (a *pacedAnswer) Write(piece []byte) (int, error) {
	a.await()
	return a.ResponseWriter.Write(piece)
}

// Unwrap gives streams what they flush and take over.
func (a *pacedAnswer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// await gives whoever asked some time from now.
func (a *pacedAnswer) await() {
	if strings.HasPrefix(a.Header().Get("Content-Type"), "text/event-stream") {
		return
	}
	_ = a.control.SetWriteDeadline(time.Now().Add(a.patience))
}
