package machine

import (
	"reflect"
	"unsafe"

	"golang.org/x/crypto/ssh"
)

// Private

// release lets an SSH connection end that has ended with packets that nobody read.
// The library then waits for ever: its Close waits for the reader, and the reader for
// room in a queue whose reader has gone. A machine that floods us can bring that
// about at will. Nothing of the library's own reaches that queue; should it be
// elsewhere one day, the tests with hostile machines say so.
func release(conn ssh.Conn) {
	queue := field(field(reflect.ValueOf(conn), "transport"), "incoming")
	if !queue.IsValid() || queue.Type() != reflect.TypeFor[chan []byte]() {
		return
	}
	packets := *(*chan []byte)(unsafe.Pointer(queue.UnsafeAddr())) //nolint:gosec // its type was just compared
	for range packets {
	}
}

// field is a field of what a value leads to, if there is one.
func field(of reflect.Value, name string) reflect.Value {
	for of.Kind() == reflect.Pointer || of.Kind() == reflect.Interface {
		of = of.Elem()
	}
	if of.Kind() != reflect.Struct {
		return reflect.Value{}
	}
	return of.FieldByName(name)
}
