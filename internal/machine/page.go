package machine

import (
	"bufio"
	"context"
	"io"
	"net/http"
)

// maxPage is the most that is read of an answer, head and all.
const maxPage = 64 << 10

// Private

// page asks for a page on a connection and gives the status of the answer. Nothing
// is followed wherever the answer points, and what it holds is not read. The
// connection is of no further use; it is closed when the context ends.
func page(ctx context.Context, conn io.ReadWriteCloser, address string) (status int, err error) {
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return 0, err
	}
	request.Close = true
	if err := request.Write(conn); err != nil {
		return 0, err
	}
	//nolint:bodyclose // to close it is to read it to its end, which may never come
	response, err := http.ReadResponse(bufio.NewReader(io.LimitReader(conn, maxPage)), request)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, nil
}
