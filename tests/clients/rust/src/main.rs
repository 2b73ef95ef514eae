//! An item written and read with what the AWS SDK for Rust signs requests with, by the key of the
//! environment. Prints the answer of the one that failed, or of the last, as a line of JSON.

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{sign, SignableBody, SignableRequest, SigningSettings};
use aws_sigv4::sign::v4;
use std::env;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::SystemTime;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// The headers of a request, its signature among them.
fn signed(host: &str, operation: &str, body: &str) -> Outcome<Vec<(String, String)>> {
    let identity = Credentials::new(
        env::var("AWS_ACCESS_KEY_ID")?,
        env::var("AWS_SECRET_ACCESS_KEY")?,
        env::var("AWS_SESSION_TOKEN").ok(),
        None,
        "environment",
    )
    .into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region("us-east-1")
        .name("dynamodb")
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()?
        .into();
    let mut headers = vec![
        ("host".to_string(), host.to_string()),
        ("content-type".to_string(), "application/x-amz-json-1.0".to_string()),
        ("x-amz-target".to_string(), format!("DynamoDB_20120810.{operation}")),
    ];
    let signable = SignableRequest::new(
        "POST",
        format!("http://{host}/"),
        headers.iter().map(|(name, value)| (name.as_str(), value.as_str())),
        SignableBody::Bytes(body.as_bytes()),
    )?;
    let (instructions, _signature) = sign(signable, &parameters)?.into_parts();
    let added = instructions
        .headers()
        .map(|(name, value)| (name.to_string(), value.to_string()));
    headers.extend(added.collect::<Vec<_>>());
    Ok(headers)
}

/// The body of the answer, and whether it is one of success.
fn call(host: &str, operation: &str, body: &str) -> Outcome<(bool, String)> {
    let mut head = "POST / HTTP/1.1\r\nconnection: close\r\n".to_string();
    head += &format!("content-length: {}\r\n", body.len());
    for (name, value) in signed(host, operation, body)? {
        head += &format!("{name}: {value}\r\n");
    }
    let mut socket = TcpStream::connect(host)?;
    socket.write_all(format!("{head}\r\n{body}").as_bytes())?;
    let mut answer = String::new();
    socket.read_to_string(&mut answer)?;
    let (answered, rest) = answer.split_once("\r\n\r\n").ok_or("no answer")?;
    Ok((answered.starts_with("HTTP/1.1 200"), rest.to_string()))
}

fn main() -> Outcome<()> {
    // REQUIRES: a text that is the same in JSON.
    let text = env::args().nth(1).ok_or("no text")?;
    let endpoint = env::var("AWS_ENDPOINT_URL_DYNAMODB")?;
    let host = endpoint.trim_start_matches("http://").trim_end_matches('/');
    let key = format!("{{\"id\":{{\"S\":\"{text}\"}}}}");
    let put = format!("{{\"TableName\":\"Signed\",\"Item\":{key}}}");
    let get = format!("{{\"TableName\":\"Signed\",\"Key\":{key}}}");
    let (is_put, put_answer) = call(host, "PutItem", &put)?;
    let answer = if is_put { call(host, "GetItem", &get)?.1 } else { put_answer };
    println!("{answer}");
    Ok(())
}
