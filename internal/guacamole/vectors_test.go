package guacamole

import (
	"encoding/hex"
	"testing"
)

// The vectors were read by Guacamole 1.6.0 itself.
func TestWhatGuacamoleReadsIsWrittenByteForByte(t *testing.T) {
	for _, test := range []struct{ name, key, text, want string }{
		{
			"of a named user", "4c0b569e4c96df157eee1b65dd0e4d41",
			`{"username":"demo","expires":4102444800000,"connections":{"desktop":{"protocol":"vnc","parameters":{"hostname":"127.0.0.1","port":"5901","password":"s3cr3tpw"}}}}`,
			"DosXNcuE23cauLUvLATlVn0o+yUxmyhUGZv0B4xPCFONFbyZEC90ucGldTe1CqIEDXVsdkjADu1sN1rDuKYCp0B0yZuaoulNKSNxeUb6Vp86RFcX2DyGWVtzNXjRnJMRTdLhHSj1X3qUgY20j9RdN/vvXsTPDEIz9lRfmdflxXnZTGvI6uKkkgLQz1UFQ42Wdy1CU/KDPvgBlnVxX6a707PD9XXSZISdC2CXEwz+ZbO9LgDf8FcBBIJvXby/ytGp54RhlBPmyJq4jGDwA4KHrA==",
		},
		{
			"of a nameless one who comes once", "000102030405060708090a0b0c0d0e0f",
			`{"username":"","expires":4102444800000,"singleUse":true,"connections":{"d":{"protocol":"vnc","parameters":{"hostname":"172.17.0.1","port":"5901","password":"a+b/c=d?"}}}}`,
			"pjjtfQefboKZ8w+vY1Qq3U9GcxzhIVcdg2Wp1O7Uyme+ZSeXcs1ol/pfx024yzBZBwLrRG0+MOWZ/h9sZz9nMNlKZOGj+oknZMSbbPJJ7uaa/L1YnVKmAZgCUo9gBWaDxpTsEFzy4anHOHhYFyIjgZ8kvkNiImtzyDu1cqJSpKQ46rUo9RyO05SctBUA/f1L4I+/yarX3x5K+gxqwMviKM00Wegt19SXlvSGTb1Sl62BGGRbSbL2O63UYwgHKblLeQHXF9gLAb+/87AsRhIZ9Q==",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			key, err := hex.DecodeString(test.key)
			if err != nil {
				t.Fatal(err)
			}
			got, err := encrypt(key, []byte(test.text))
			if err != nil || got != test.want {
				t.Errorf("got %s (%v)", got, err)
			}
		})
	}
}

func TestAKeyOfAnotherLengthIsRefused(t *testing.T) {
	for _, length := range []int{0, 15, 17, 32} {
		if token, err := encrypt(make([]byte, length), []byte("{}")); err == nil {
			t.Errorf("with %d bytes it gives %q", length, token)
		}
	}
}
