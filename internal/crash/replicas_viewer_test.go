package crash_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"time"

	"github.com/coder/websocket"

	"github.com/dictumal/dictumal/internal/client"
	"github.com/dictumal/dictumal/internal/gateway/rfb"
)

// watcher is somebody who has a desktop open, and comes back whenever the picture stops.
type watcher struct {
	*cluster
	caller
	desk   string
	cookie *http.Cookie
}

// still is after how long a picture that was asked for and does not come is missed.
const still = 5 * time.Second

// destroyed is what a viewer is told at the end.
const destroyed = websocket.StatusCode(4001)

// enter opens the desktop as a link does.
func (w *watcher) enter(ctx context.Context) error {
	remote, err := client.Remote(w.base, w.token)
	if err != nil {
		return err
	}
	link, err := remote.Launch(ctx, w.desk)
	if err != nil {
		return err
	}
	_, code, _ := strings.Cut(link, "#code=")
	request, err := w.request(ctx, http.MethodPost, "/desktop/"+w.desk+"/session", `{"code":"`+code+`"}`)
	if err != nil {
		return err
	}
	request.Header.Del("Authorization")
	response, err := fresh().RoundTrip(request)
	if err != nil {
		return err
	}
	_ = response.Body.Close()
	if len(response.Cookies()) == 0 {
		return fmt.Errorf("%s gives no session: %s", link, response.Status)
	}
	w.cookie = response.Cookies()[0]
	return nil
}

// watch watches until the desktop is destroyed, or the context ends.
func (w *watcher) watch(ctx context.Context) {
	place := w.gaps.sit("a viewer", w.desk)
	for ctx.Err() == nil {
		served, seen, err := w.look(ctx, place)
		if websocket.CloseStatus(err) == destroyed {
			place.leave()
			return
		}
		if ctx.Err() != nil {
			return
		}
		if seen.IsZero() {
			w.note("", "a viewer has no picture: %v", err)
		} else {
			place.lose(w.struck.since(served, seen))
			w.note("", "a viewer has lost the picture: %v", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(comeBack):
		}
	}
}

// Private

// look opens the desktop and looks at it until the picture stops. It tells by whom it
// was served, and when last; never, where there was no picture.
func (w *watcher) look(ctx context.Context, place *seat) (served string, seen time.Time, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	missed := time.AfterFunc(2*still, cancel)
	defer missed.Stop()
	socket, _, err := websocket.Dial( //nolint:bodyclose // the library closes it
		httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
			served = w.server(info.Conn)
		}}), w.base+"/desktop/"+w.desk+"/ws", &websocket.DialOptions{
			HTTPClient: &http.Client{Transport: fresh()},
			HTTPHeader: http.Header{"Origin": {w.base}, "Cookie": {w.cookie.String()}},
		})
	if err != nil {
		return served, seen, err
	}
	defer func() { _ = socket.CloseNow() }()
	stream := websocket.NetConn(ctx, socket, websocket.MessageBinary)
	if err := rfb.Greet(stream); err != nil {
		return served, seen, err
	}
	if err := rfb.FirstUpdate(ctx, struct {
		io.ReadWriter
		io.Closer
	}{stream, io.NopCloser(nil)}); err != nil {
		return served, seen, err
	}
	place.regain(served)
	for {
		seen = time.Now()
		missed.Reset(still)
		if _, err := stream.Write([]byte{3, 0, 0, 0, 0, 0, 0, 16, 0, 16}); err != nil {
			return served, seen, err
		}
		if _, err := io.CopyN(new(bytes.Buffer), stream, 4+12+16*16*4); err != nil {
			return served, seen, err
		}
		time.Sleep(time.Second)
	}
}
