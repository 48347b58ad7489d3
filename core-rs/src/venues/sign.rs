//! Request signatures. HMAC-SHA256 keyed once per session, so a signature costs only its message.

use core::fmt;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// An API secret, held as the keyed state only. Debug never shows it.
#[derive(Clone)]
pub struct Secret(Hmac<Sha256>);

/// A signature under way: feed it the parts of the payload, in order.
#[derive(Clone)]
pub struct Signing(Hmac<Sha256>);

impl Secret {
    pub fn new(secret: &[u8]) -> Self {
        // A key longer than a block is hashed first, so every length is valid; the fallback is never taken.
        Self(
            Hmac::new_from_slice(secret)
                .unwrap_or_else(|_| Hmac::new(&hmac::digest::Key::<Hmac<Sha256>>::default())),
        )
    }

    pub fn begin(&self) -> Signing {
        Signing(self.0.clone())
    }

    /// The signature of `payload` as 64 lower-case hex digits.
    pub fn hex(&self, payload: &[u8]) -> [u8; 64] {
        let mut signing = self.begin();
        signing.update(payload);
        signing.hex()
    }

    /// The signature of `payload` in base64 (44 characters).
    pub fn base64(&self, payload: &[u8]) -> String {
        use base64::Engine as _;
        let mut signing = self.begin();
        signing.update(payload);
        base64::engine::general_purpose::STANDARD.encode(signing.0.finalize().into_bytes())
    }
}

impl Signing {
    pub fn update(&mut self, part: &[u8]) {
        self.0.update(part);
    }

    pub fn hex(self) -> [u8; 64] {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 64];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0.finalize().into_bytes()) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        text
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

impl fmt::Debug for Signing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signing(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test cases 1, 2 and 6.
    #[test]
    fn signatures_match_the_published_vectors() {
        let cases: [(&[u8], &[u8], &str); 3] = [
            (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ];
        for (key, payload, want) in cases {
            assert_eq!(Secret::new(key).hex(payload), want.as_bytes());
        }
        assert_eq!(
            Secret::new(b"Jefe").base64(b"what do ya want for nothing?"),
            "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="
        );
        assert_eq!(format!("{:?}", Secret::new(b"Jefe")), "Secret(redacted)");
    }

    #[test]
    fn parts_sign_like_the_whole() {
        let secret = Secret::new(b"k");
        let mut signing = secret.begin();
        signing.update(b"a=1");
        signing.update(b"&b=2");
        assert_eq!(signing.hex(), secret.hex(b"a=1&b=2"));
    }
}
