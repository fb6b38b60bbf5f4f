//! scratch
fn main() {
    let request = std::env::args().nth(1).unwrap();
    println!("{:#}", serde_json::to_value(meshwright_language::understand(&request)).unwrap());
}
