// Program program is a stand-in for the two images of Guacamole, for tests on
// machines that cannot fetch the real ones. It listens where they do and tells
// whoever asks that it is none of them.
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("STAND-IN: ")
	if err := play(filepath.Base(os.Args[0])); err != nil {
		log.Fatal(err)
	}
}

// Private

// play takes the part whose name the program was started under.
func play(name string) error {
	log.Printf("this is not Guacamole's %s, but a stand-in for tests", name)
	switch name {
	case "guacd":
		return guacd(os.Args[1:])
	case "guacamole":
		return guacamole()
	}
	return fmt.Errorf("%q is no part that it plays", name)
}
