package rfb

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
)

// look is how much of the framebuffer is asked for: enough to know that it is
// there, and cheap enough to ask again and again.
const look = 16

// maxSkipped bounds what a server may send before the update that it was asked for.
const maxSkipped = 1 << 20

// FirstUpdate authenticates on a connection that has been greeted, asks for a
// corner of the framebuffer and returns when a picture of it has arrived. It
// leaves the connection in no state to be used further, and closes it when the
// context ends.
func FirstUpdate(ctx context.Context, conn io.ReadWriteCloser) error {
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	err := firstUpdate(conn)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// Private

func firstUpdate(conn io.ReadWriter) error {
	if err := Authenticate(conn, ""); err != nil {
		return err
	}
	pixel, err := initialize(conn)
	if err != nil {
		return err
	}
	if err := request(conn); err != nil {
		return fmt.Errorf("ask for a framebuffer update: %w", err)
	}
	if err := awaitUpdate(conn, pixel); err != nil {
		return fmt.Errorf("wait for a framebuffer update: %w", err)
	}
	return nil
}

// initialize says that the connection may be shared, and gives the number of
// bytes in a pixel.
func initialize(conn io.ReadWriter) (pixel int, err error) {
	if _, err := conn.Write([]byte{1}); err != nil {
		return 0, fmt.Errorf("start a VNC session: %w", err)
	}
	var hello [24]byte // width, height, pixel format, length of the name
	if _, err := io.ReadFull(conn, hello[:]); err != nil {
		return 0, fmt.Errorf("start a VNC session: %w", err)
	}
	if binary.BigEndian.Uint16(hello[0:]) < look || binary.BigEndian.Uint16(hello[2:]) < look {
		return 0, faultf("The framebuffer has no pixels.")
	}
	name := binary.BigEndian.Uint32(hello[20:])
	if name > maxSkipped {
		return 0, faultf("The desktop's name has %d bytes, which no name has.", name)
	}
	if _, err := io.CopyN(io.Discard, conn, int64(name)); err != nil {
		return 0, fmt.Errorf("start a VNC session: %w", err)
	}
	return int(hello[4]) / 8, nil
}

func request(conn io.Writer) error {
	_, err := conn.Write([]byte{
		setEncodings, 0, 0, 1, 0, 0, 0, 0, // raw and nothing else
		updateRequest, 0, 0, 0, 0, 0, 0, look, 0, look,
	})
	return err
}

// awaitUpdate passes over the other messages that a server may send unasked.
func awaitUpdate(conn io.Reader, pixel int) error {
	for skipped := 0; skipped < maxSkipped; {
		var kind [1]byte
		if _, err := io.ReadFull(conn, kind[:]); err != nil {
			return err
		}
		switch kind[0] {
		case 0: // FramebufferUpdate
			return readPicture(conn, pixel)
		case 2: // Bell
			skipped++
		case 3: // ServerCutText
			n, err := skipText(conn)
			if err != nil {
				return err
			}
			skipped += n
		default:
			return faultf("The VNC server sent a message of the unknown type %d.", kind[0])
		}
	}
	return faultf("The VNC server sends much, but no picture.")
}

func skipText(conn io.Reader) (int, error) {
	var head [7]byte
	if _, err := io.ReadFull(conn, head[:]); err != nil {
		return 0, err
	}
	length := binary.BigEndian.Uint32(head[3:])
	if length > maxSkipped {
		return 0, faultf("The VNC server sent a text of %d bytes, more than it may.", length)
	}
	_, err := io.CopyN(io.Discard, conn, int64(length))
	return 8 + int(length), err
}

// readPicture reads the first rectangle of an update, pixels and all.
func readPicture(conn io.Reader, pixel int) error {
	var head [3 + 12]byte // padding, number of rectangles, and the first one's place and encoding
	if _, err := io.ReadFull(conn, head[:]); err != nil {
		return err
	}
	width, height := int(binary.BigEndian.Uint16(head[7:])), int(binary.BigEndian.Uint16(head[9:]))
	if encoding := binary.BigEndian.Uint32(head[11:]); encoding != 0 {
		return faultf("The VNC server answered in encoding %d, which was not asked for.", encoding)
	}
	if binary.BigEndian.Uint16(head[1:]) == 0 || width == 0 || height == 0 || width > look || height > look {
		return faultf("The VNC server answered with a picture of %d by %d pixels, which was not asked for.", width, height)
	}
	_, err := io.CopyN(io.Discard, conn, int64(width*height*pixel))
	return err
}
