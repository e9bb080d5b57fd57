// Collect writes the bill of materials of a binary. It runs in the root of the
// repository after the binary was built:
//
//	go run ./internal/sbom/collect bin/dictumal dist/dictumal.cdx.json
package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/dictumal/dictumal/internal/sbom"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("Say which binary, and where its bill is to be written.")
	}
	if err := collect(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

// Private

func collect(binary, target string) error {
	bill, err := sbom.Of(binary)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return fmt.Errorf("make the folder of the bill: %w", err)
	}
	file, err := os.Create(target)
	if err != nil {
		return fmt.Errorf("write the bill: %w", err)
	}
	return errors.Join(bill.Write(file), file.Close())
}
