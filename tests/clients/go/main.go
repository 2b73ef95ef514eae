// An item written and read with the SDK for Go v2, by the key of the environment. Prints what was
// read, or the error and its text, as a line of JSON. Without arguments it only proves that it was
// built.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
)

const tableName = "Signed"

func credentials(context.Context) (aws.Credentials, error) {
	return aws.Credentials{
		AccessKeyID:     os.Getenv("AWS_ACCESS_KEY_ID"),
		SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
		SessionToken:    os.Getenv("AWS_SESSION_TOKEN"),
	}, nil
}

func writeAndRead(text string) (string, error) {
	client := dynamodb.New(dynamodb.Options{
		Region:           "us-east-1",
		BaseEndpoint:     aws.String(os.Getenv("AWS_ENDPOINT_URL_DYNAMODB")),
		Credentials:      aws.CredentialsProviderFunc(credentials),
		RetryMaxAttempts: 1,
	})
	table := aws.String(tableName)
	key := map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: text}}
	put := dynamodb.PutItemInput{TableName: table, Item: key}
	if _, err := client.PutItem(context.Background(), &put); err != nil {
		return "", err
	}
	get := dynamodb.GetItemInput{TableName: table, Key: key}
	read, err := client.GetItem(context.Background(), &get)
	if err != nil {
		return "", err
	}
	id, isText := read.Item["id"].(*types.AttributeValueMemberS)
	if !isText {
		return "", errors.New("no item was read")
	}
	return id.Value, nil
}

func outcome(text string) map[string]string {
	id, err := writeAndRead(text)
	var refusal smithy.APIError
	if errors.As(err, &refusal) {
		return map[string]string{"error": refusal.ErrorCode(), "message": refusal.ErrorMessage()}
	}
	if err != nil {
		return map[string]string{"error": "none of the API", "message": err.Error()}
	}
	return map[string]string{"id": id, "message": ""}
}

func main() {
	if len(os.Args) < 2 {
		return
	}
	line, err := json.Marshal(outcome(os.Args[1]))
	if err != nil {
		panic(err)
	}
	fmt.Println(string(line))
}
