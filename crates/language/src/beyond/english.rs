//! Whether a request is in English at all.

use crate::lexer::{Token, TokenKind};

/// Small words of other languages that are none of English.
const FOREIGN: &[&str] = &[
    "der", "die", "das", "und", "mit", "auf", "für", "ein", "eine", "einen", "einem", "soll", "werden", "namens",
    "bitte", "nicht", "alle", "erstelle", "über", "wird", "ist", "zum", "zur", "von", "les", "des", "une", "avec",
    "pour", "sur", "dans", "crée", "créer", "et", "est", "qui", "vers", "sont", "nommé", "una", "con", "para", "los",
    "las", "del", "crea", "crear", "por", "que", "hacia", "llamada", "llamado", "uma", "com", "os", "criar", "crie",
    "não", "della", "il", "per", "che", "een", "met", "voor", "het", "naar", "op", "van", "maak", "och", "med", "till",
    "som", "utwórz", "na", "i", "z", "dla",
];

/// Small words of English.
const ENGLISH: &[&str] = &[
    "the", "a", "an", "to", "with", "and", "of", "for", "on", "from", "is", "are", "all", "should", "must", "that",
    "called", "i",
];

/// Whether a request is in English: few of its letters are of another script, and its small words are not those of another
/// language.
pub(crate) fn is_english(request: &str, tokens: &[Token]) -> bool {
    let letters = request.chars().filter(|letter| letter.is_alphabetic()).count();
    let others = request.chars().filter(|letter| letter.is_alphabetic() && *letter > '\u{24F}').count();
    if others * 4 > letters {
        return false;
    }
    let words = || tokens.iter().filter(|token| matches!(token.kind, TokenKind::Word)).map(|token| token.low.as_str());
    let foreign = words().filter(|word| FOREIGN.contains(word)).count();
    let english = words().filter(|word| ENGLISH.contains(word)).count();
    foreign < 2 || foreign <= english
}
